import { createTask } from 'node-cron'

const MINUTE_MS = 60_000
/** No zone changes twice within so long. */
const STEP_MS = 6 * 3_600_000
const DAY_MS = 86_400_000

/** The offsets of a zone over a time, asked of Intl every six hours and, where two answers differ, minute by minute. */
export class Offsets {
  readonly #format: Intl.DateTimeFormat
  /** From this instant on, this offset. */
  readonly #changes: { fromMs: number; offsetMs: number }[] = []

  constructor(timeZone: string, fromMs: number, toMs: number) {
    const numbers = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
    this.#format = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', era: 'short', ...numbers })
    let known = Number.NaN
    for (let ms = Math.floor(fromMs / STEP_MS) * STEP_MS; ms <= toMs; ms += STEP_MS) {
      const offsetMs = this.#ask(ms)
      if (offsetMs === known) continue
      let firstMs = ms
      while (!Number.isNaN(known) && this.#ask(firstMs - MINUTE_MS) === offsetMs) firstMs -= MINUTE_MS
      this.#changes.push({ fromMs: firstMs, offsetMs })
      known = offsetMs
    }
  }

  /** The earliest instant at which the wall clock shows this; none: as much later as the clocks jumped over it. */
  instantOf(wallMs: number): number {
    for (const [index, { fromMs, offsetMs }] of this.#changes.entries()) {
      const untilMs = this.#changes[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY
      const instantMs = wallMs - offsetMs
      // Past the end of this offset, and the next offset never shows it: the clocks jumped over it.
      const next = this.#changes[index + 1]
      const jumped = next !== undefined && instantMs >= untilMs && wallMs - next.offsetMs < untilMs
      if ((instantMs >= fromMs || index === 0) && (instantMs < untilMs || jumped)) return instantMs
    }
    throw new Error('out of range')
  }

  #ask(ms: number): number {
    const parts = Object.fromEntries(this.#format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(ms / MINUTE_MS) * MINUTE_MS
  }
}

/** Every minute of the wall clock is tried, one by one; days are judged by node-cron. */
export function bruteForce(cron: string, offsets: Offsets, fromMs: number, toMs: number): number[] {
  const [minute, hour, ...days] = cron.split(' ')
  const time = createTask(`${minute} ${hour} * * *`, () => undefined, { timezone: 'UTC' })
  const day = createTask(`0 0 ${days.join(' ')}`, () => undefined, { timezone: 'UTC' })
  const minutes = Array.from({ length: 1440 }, (_, at) => at).filter((at) => time.match(new Date(at * MINUTE_MS)))
  const found = new Set<number>()
  for (let dayMs = Math.floor(fromMs / DAY_MS) * DAY_MS - 2 * DAY_MS; dayMs <= toMs + 2 * DAY_MS; dayMs += DAY_MS) {
    if (!day.match(new Date(dayMs))) continue
    for (const at of minutes) found.add(offsets.instantOf(dayMs + at * MINUTE_MS))
  }
  return [...found].filter((ms) => ms > fromMs && ms <= toMs).sort((a, b) => a - b)
}
