import type * as z from 'zod'
import type { PreviewRequest } from '../api/index.ts'
import { cronExpression } from './expression.ts'
import { slotsAfter } from './slots.ts'

/**
 * The instants (UTC ms) at which an expression fires after `fromMs`, at most `count` of them. Throws `request-invalid`
 * for an expression or a zone that is not understood.
 */
export function previewSlots({ cron, timeZone, fromMs, count }: z.infer<typeof PreviewRequest>): number[] {
  const instantsMs: number[] = []
  for (const ms of slotsAfter(cronExpression(cron), timeZone, fromMs)) {
    instantsMs.push(ms)
    if (instantsMs.length >= count) break
  }
  return instantsMs
}
