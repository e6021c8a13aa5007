import { type Measured, notNegative, total, unseen } from '../../timing/index.ts'
import { controllerMoment, spanOf } from '../clock.ts'
import type { Moment } from '../moment.ts'
import type { Run, RunProbe } from '../run.ts'
import { hostName, steadyProbes } from '../steady-state.ts'
import { type Finding, found, longest, notMeasured, soFar } from './finding.ts'
import type { Landmarks } from './landmarks.ts'

type Back = { readonly measured: Measured; readonly where: string }

/** From the beginning of rolling back to the last time this probe came up. Null: it was up all the while. */
function backOf(probe: RunProbe, run: Run, reverting: Moment): Back | null {
  const last = probe.transitions.at(-1)
  if (last === undefined || last.at.highMs <= reverting.lowMs) return null
  const measured = notNegative(total([spanOf(reverting, last.at)]))
  return { measured, where: `${probe.probeId} on ${hostName(run, probe.hostId)}` }
}

/** Rolling back begun → all health checks pass, and go on passing. The slowest host is the run's figure. */
export function recover(run: Run, { reverting, settled }: Landmarks): Finding {
  const probes = steadyProbes(run)
  if (probes.length === 0) return notMeasured('the drill has no health checks.')
  if (reverting === null) return notMeasured('nothing was rolled back so far.')
  const gone = probes.find((probe) => probe.status !== 'up')
  if (gone !== undefined) {
    const where = `${gone.probeId} on ${hostName(run, gone.hostId)}`
    if (gone.status === null) return notMeasured(`${where} was never checked.`)
    const now = gone.endedAt ?? controllerMoment(run.lastMs ?? reverting.highMs)
    return soFar(notNegative(total([spanOf(reverting, now)])), `${where} was still failing when last seen.`)
  }
  if (!settled) return notMeasured('it is still being rolled back.')
  const worst = longest(probes.flatMap((probe) => backOf(probe, run, reverting) ?? []))
  if (worst !== null)
    return found(worst.measured, `From the start of rolling back until all health checks pass again: ${worst.where}.`)
  const everyMs = Math.max(...probes.map((probe) => probe.everyMs))
  return found(unseen(everyMs), 'All health checks passed while it was rolled back, as far as the samples show.')
}
