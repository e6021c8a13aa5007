import { ChaosError } from '@chaos-lite/shared'

/** The row, or `not-found` with the name of what was looked for. */
export function found<T>(row: T | undefined, what: string): T {
  if (row === undefined) throw new ChaosError('not-found', `There is no ${what}.`)
  return row
}
