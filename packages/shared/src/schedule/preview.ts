import type * as z from 'zod'
import type { PreviewRequest } from '../api/index.ts'
import { ChaosError } from '../errors.ts'
import { cronExpression } from './expression.ts'
import { LAST_YEAR, slotsAfter } from './slots.ts'
import { checkNewTimeZone } from './wall-clock.ts'

/**
 * The instants (UTC ms) at which an expression fires after `fromMs`: `count` of them, or none where it never fires.
 * Throws `request-invalid` for an expression or a zone that is not understood, and where the search ends before all
 * were found.
 */
export function previewSlots({ cron, timeZone, fromMs, count }: z.infer<typeof PreviewRequest>): number[] {
  const expression = cronExpression(cron)
  checkNewTimeZone(timeZone)
  const instantsMs: number[] = []
  for (const ms of slotsAfter(expression, timeZone, fromMs)) {
    instantsMs.push(ms)
    if (instantsMs.length >= count) return instantsMs
  }
  const tooLate = new Date(fromMs).getUTCFullYear() >= LAST_YEAR
  if (instantsMs.length === 0 && !tooLate) return []
  throw new ChaosError(
    'request-invalid',
    `"${expression.text}" fires ${instantsMs.length} times until the year ${LAST_YEAR}, and no later date is looked for; ${count} dates were asked for: ask for fewer, or from an earlier date.`,
  )
}
