import { hostName, runNow, type Sequence } from './context.ts'
import { probesOf } from './look.ts'

const CHECK_EVERY_MS = 500

/** Stops the run as soon as an abort condition of the drill holds. Returns how to end the watching. */
export function watchAbortConditions(sequence: Sequence): () => void {
  const { plan, clock } = sequence
  if (plan.abort.length === 0) return () => undefined
  const timer = setInterval(() => {
    if (sequence.signal.aborted) return
    for (const { probeId, failsInARow } of plan.abort) {
      for (const probe of probesOf(runNow(sequence), probeId)) {
        const last = probe.transitions.at(-1)
        if (last?.status !== 'down' || clock.nowMs() - last.at.highMs < failsInARow * probe.everyMs) continue
        const where = hostName(plan, probe.hostId)
        void sequence.stop('abort condition', `${probeId} failed ${failsInARow} times in a row on ${where}`)
        return
      }
    }
  }, CHECK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
