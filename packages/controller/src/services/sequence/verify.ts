import type { Run } from '@chaos-lite/shared'
import { runNow, type Sequence } from './context.ts'
import { notUp } from './look.ts'

const LEAST_MS = 30_000
/** Where nothing was changed nothing has to come back: only one unlucky sample is waited out. */
const UNCHANGED_MS = 3_000
/** What one sample may take on top of its interval before it counts as seen after the revert. */
const SAMPLE_MS = 500
const WATCHED_MS = 5_000

/**
 * Waits until the health checks pass again. A status from before the revert proves nothing: every steady-state probe
 * gets the time for one fresh look first. What does not recover in time is for the verdict to judge.
 */
export async function verify(sequence: Sequence): Promise<void> {
  const { plan, book, runId, clock } = sequence
  const steady = plan.probes.filter((probe) => probe.role === 'steady')
  const slowestMs = Math.max(0, ...steady.map((probe) => probe.everyMs))
  // Probes that only watch get their fresh look too, unless they are very slow.
  const watchedMs = Math.min(WATCHED_MS, Math.max(0, ...plan.probes.map((probe) => probe.everyMs)))
  // A host that names a later time than now is not believed: nobody waits for it.
  const revertedMs = Math.min(lastRevertMs(runNow(sequence)), clock.nowMs())
  const freshMs = revertedMs + Math.max(slowestMs, watchedMs) + SAMPLE_MS
  await book.until(runId, () => false, { withinMs: Math.max(0, freshMs - clock.nowMs()) })
  // What a person must roll back by hand does not come back while anybody waits.
  if (runNow(sequence).restoration === 'stuck') return
  const recoverMs = plan.objectives.recover?.withinMs ?? 0
  const leastMs = plan.kind === 'drill' ? LEAST_MS : UNCHANGED_MS
  const withinMs = Math.max(leastMs, recoverMs * 1.5) + 3 * slowestMs
  await book.until(runId, (run) => notUp(run, plan).length === 0, { withinMs })
}

function lastRevertMs(run: Run): number {
  return Math.max(0, ...run.steps.flatMap((step) => step.hosts.map((host) => host.revertEnded?.highMs ?? 0)))
}
