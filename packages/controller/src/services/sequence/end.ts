import { type Run, verdict } from '@chaos-lite/shared'
import { runNow, type Sequence } from './context.ts'
import { order } from './orders.ts'
import { measure } from './preflight.ts'
import { recordSurely } from './record.ts'

const CLOSE_MS = 10_000
const LAST_FACTS_MS = 5_000
const nothing = async () => undefined

/** Closes the run on every host, measures the clocks once more, and records the verdict. */
export async function end(sequence: Sequence): Promise<Run> {
  const { plan, book, doors, gateway, runId } = sequence
  const online = plan.hosts.filter((host) => gateway.isOnline(host.hostId))
  // Whoever comes back from now on is not opened any more; its lease ends what it may still hold.
  for (const host of plan.hosts) if (!online.includes(host)) void doors.close(host.hostId, nothing)
  await Promise.all(
    online.map(async ({ hostId }) => {
      await measure(sequence, hostId)
      await doors.close(hostId, () => order(sequence, hostId, { name: 'run.close', runId }, { expiresInMs: CLOSE_MS }))
    }),
  )
  for (const { hostId } of plan.hosts) gateway.renewLease(hostId, runId, false)
  const ids = new Set(online.map((host) => host.hostId))
  const counted = (run: Run) => run.probes.every((probe) => !ids.has(probe.hostId) || probe.counts !== null)
  await book.until(runId, counted, { withinMs: LAST_FACTS_MS })
  await sequence.stopRecorded()
  return recordSurely(sequence, () => {
    const { outcome, effect, restoration, reasons } = verdict(runNow(sequence))
    return { type: 'run.ended', runId, outcome, effect, restoration, reasons: reasons.slice(0, 50) }
  })
}
