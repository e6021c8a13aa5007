import { type Measured, notNegative, total, unseen } from '../../timing/index.ts'
import { spanOf } from '../clock.ts'
import type { Run, RunProbe } from '../run.ts'
import { hostName, steadyProbes } from '../steady-state.ts'
import { type Finding, found, longest, notMeasured } from './finding.ts'
import type { Landmarks } from './landmarks.ts'

type Switched = { readonly measured: Measured; readonly where: string }

/** Undefined: this host never lost the service. Null: it lost it, and had no good answer while the failure was in place. */
function switchOf(probe: RunProbe, run: Run, marks: Landmarks): Switched | null | undefined {
  const { injected, firstReleased } = marks
  const lostAt = probe.transitions.findIndex(
    (one) => one.status === 'down' && injected !== null && one.at.highMs > injected.lowMs,
  )
  const lost = probe.transitions[lostAt]
  // Lost only after the first failure was being rolled back: that is no loss that a standby could have answered.
  if (lost === undefined || (firstReleased !== null && lost.at.lowMs >= firstReleased.highMs)) return undefined
  const back = probe.transitions.slice(lostAt).find((one) => one.status === 'up')
  if (back === undefined || (firstReleased !== null && back.at.highMs > firstReleased.highMs)) return null
  const where = `${probe.probeId} on ${hostName(run, probe.hostId)}`
  return { measured: notNegative(total([spanOf(lost.at, back.at)])), where }
}

/** Service lost → first good answer while the first failure is still in place. The slowest host is the run's figure. */
export function switchOver(run: Run, marks: Landmarks): Finding {
  const probes = steadyProbes(run)
  if (probes.length === 0) return notMeasured('the drill has no health checks.')
  if (marks.injected === null) return notMeasured('no failure was started.')
  const all = probes.map((probe) => ({ probe, result: switchOf(probe, run, marks) }))
  const unanswered = all.find((one) => one.result === null)
  if (unanswered !== undefined) {
    const where = `${unanswered.probe.probeId} on ${hostName(run, unanswered.probe.hostId)}`
    const over =
      marks.firstReleased === null ? 'has no good answer yet' : 'had no good answer while the failure was in place'
    return notMeasured(`${where} ${over}.`)
  }
  const worst = longest(all.flatMap((one) => one.result ?? []))
  if (worst !== null)
    return found(worst.measured, `From the loss of the service to the first good answer: ${worst.where}.`)
  if (marks.firstReleased === null && !marks.settled) return notMeasured('the service has not been lost so far.')
  if (run.effect !== 'proved') return notMeasured('the failure was never seen to take hold.')
  const everyMs = Math.max(...probes.map((probe) => probe.everyMs))
  return found(
    unseen(everyMs),
    'The service was never seen lost; a loss shorter than the time between two samples may hide.',
  )
}
