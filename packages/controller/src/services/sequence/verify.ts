import { runNow, type Sequence } from './context.ts'
import { notUp } from './look.ts'

const LEAST_MS = 30_000

/** Waits until what must work works again. What does not come back in time is for the verdict to tell. */
export async function verify(sequence: Sequence): Promise<void> {
  const { plan, book, runId } = sequence
  const recoverMs = plan.objectives.recover?.withinMs ?? 0
  const slowestMs = Math.max(0, ...plan.probes.map((probe) => probe.everyMs))
  const reachable = () => notUp(runNow(sequence), plan).length === 0
  if (reachable()) return
  await book.until(runId, (run) => notUp(run, plan).length === 0, {
    withinMs: Math.max(LEAST_MS, recoverMs * 1.5) + 3 * slowestMs,
  })
}
