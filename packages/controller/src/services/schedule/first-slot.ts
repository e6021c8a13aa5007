import { ChaosError, formatDuration } from '@chaos-lite/shared'
import { checkNewTimeZone, cronExpression, slotsAfter } from '@chaos-lite/shared/schedule'

/** So many dates are looked at: a pattern within days, and the turn of a year, show themselves in these. */
const LOOKED_AT = 500

interface Asked {
  readonly cron: string
  readonly timeZone: string
}

/**
 * The first slot of a new schedule. Refused, with `request-invalid`, is what names no time, and what names times that
 * come while the drill of the time before may still run: its hosts are held then, and every other date is skipped.
 */
export function firstSlot({ cron, timeZone }: Asked, nowMs: number, lastsAtMostMs: number): number {
  checkNewTimeZone(timeZone)
  let first: number | null = null
  let before: number | null = null
  let seen = 0
  for (const slotMs of slotsAfter(cronExpression(cron), timeZone, nowMs)) {
    if (before !== null && slotMs - before < lastsAtMostMs) throw tooDense(cron, slotMs - before, lastsAtMostMs)
    first ??= slotMs
    before = slotMs
    seen += 1
    if (seen >= LOOKED_AT) break
  }
  if (first === null) throw new ChaosError('request-invalid', `"${cron}" names no time that ever comes.`)
  return first
}

function tooDense(cron: string, gapMs: number, lastsAtMostMs: number): ChaosError {
  const [gap, duration] = [formatDuration(gapMs), formatDuration(lastsAtMostMs)]
  return new ChaosError(
    'request-invalid',
    `"${cron}" comes again after ${gap}, and this drill may take ${duration}: it could not run at each of these times. Leave ${duration} or more between two.`,
  )
}
