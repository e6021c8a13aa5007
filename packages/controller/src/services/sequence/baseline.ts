import type { Run } from '@chaos-lite/shared'
import { type InjectStep, runNow, type Sequence } from './context.ts'
import { notUp, statusOf } from './look.ts'

const LEAST_MS = 15_000

/** Waits until all health checks pass, everywhere. Returns why they do not, or null. */
export async function baseline(sequence: Sequence): Promise<string | null> {
  const { plan, book, runId, signal } = sequence
  const slowestMs = Math.max(0, ...plan.probes.map((probe) => probe.everyMs))
  const ready = (run: Run) => notUp(run, plan).length === 0 && unclearEffects(sequence, run).length === 0
  const held = await book.until(runId, ready, { withinMs: LEAST_MS + 3 * slowestMs, signal })
  if (held !== null) return null
  const run = runNow(sequence)
  const failing = notUp(run, plan)
  if (failing.length > 0) return `health checks failed before the drill: ${failing.join(', ')}`
  const unclear = unclearEffects(sequence, run)
  if (unclear.length > 0) return `the failure could not be distinguished from the present state: ${unclear.join(', ')}`
  return null
}

/** Effect probes that already show what the failure would make them show, or show nothing: they could prove nothing. */
function unclearEffects({ plan }: Sequence, run: Run): string[] {
  return plan.steps
    .filter((step): step is InjectStep => step.kind === 'inject')
    .flatMap((step) => {
      const probe = plan.probes.find((one) => one.probeId === step.effect.probeId)
      if (probe === undefined || probe.role === 'steady') return []
      return probe.hostIds
        .filter((hostId) => {
          const status = statusOf(run, probe.probeId, hostId)
          return status === null || status === 'not evaluated' || status === step.effect.expect
        })
        .map((hostId) => `${probe.probeId} on ${plan.hosts.find((host) => host.hostId === hostId)?.name ?? hostId}`)
    })
}
