import { utcText } from '../instant-text.ts'

const YEAR_MS = 366 * 86_400_000

/** What to check where the next date is more than a year away, such as 29 February on a Monday; null: it is not. */
export function farAwayText(nextMs: number, nowMs: number): string | null {
  if (nextMs - nowMs <= YEAR_MS) return null
  return `The next date is more than a year away (${utcText(nextMs)}). Check the day, the month and the weekday: all of them must hold.`
}
