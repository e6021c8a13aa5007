import { type Measured, notNegative, type Span, total, unseen } from '../../timing/index.ts'
import { controllerMoment, spanOf } from '../clock.ts'
import type { Run, RunProbe, Transition } from '../run.ts'
import { hostName, steadyProbes } from '../steady-state.ts'
import { type Finding, found, longest, notMeasured, soFar } from './finding.ts'
import { hasInjects, type Landmarks } from './landmarks.ts'

interface Outage {
  readonly measured: Measured
  readonly open: boolean
  readonly times: number
  readonly where: string
}

/** A stretch in which nobody looked: it may have been an outage from its beginning to its end, or not at all. */
function unwatched(from: Transition, to: Transition): Span {
  const { from: start, to: end } = spanOf(from.at, to.at)
  return { from: { lowMs: start.lowMs, highMs: end.highMs }, to: { lowMs: end.highMs, highMs: end.highMs } }
}

function outageOf(probe: RunProbe, run: Run, sinceMs: number): Outage {
  const end = probe.endedAt ?? controllerMoment(run.lastMs ?? 0)
  const spans: Span[] = []
  let times = 0
  let open = false
  for (const [index, one] of probe.transitions.entries()) {
    const next = probe.transitions[index + 1]
    if (one.status === 'up' || (next !== undefined && next.at.highMs <= sinceMs)) continue
    if (one.status === 'down' && probe.transitions[index - 1]?.status !== 'down') times += 1
    if (next === undefined) open = true
    if (one.status === 'down') spans.push(spanOf(one.at, next?.at ?? end))
    else if (next !== undefined) spans.push(unwatched(one, next))
  }
  const measured = spans.length === 0 ? unseen(probe.everyMs) : notNegative(total(spans))
  return { measured, open, times, where: `${probe.probeId} on ${hostName(run, probe.hostId)}` }
}

function said({ where, times }: Outage): string {
  if (times === 0) return 'Nothing was seen down; an outage shorter than the time between two samples may hide.'
  return `The time without service, all together: ${where}, down ${times === 1 ? 'once' : `${times} times`}.`
}

/** Total time that the health checks failed. The host that had the longest is the run's figure. */
export function outage(run: Run, { injected }: Landmarks): Finding {
  const probes = steadyProbes(run)
  if (probes.length === 0) return notMeasured('the drill has no health checks.')
  if (hasInjects(run) && injected === null) return notMeasured('no failure was started.')
  const blind = probes.find((probe) => probe.dropped > 0 || probe.transitions.length === 0)
  if (blind !== undefined) {
    const why = blind.dropped > 0 ? 'changed more often than can be recorded' : 'was never checked'
    return notMeasured(`${blind.probeId} on ${hostName(run, blind.hostId)} ${why}.`)
  }
  const outages = probes.map((probe) => outageOf(probe, run, injected?.lowMs ?? Number.NEGATIVE_INFINITY))
  const worst = longest(outages)
  if (worst === null) return notMeasured('nothing was watched.')
  const open = outages.find((one) => one.open)
  if (open === undefined) return found(worst.measured, said(worst))
  return soFar(worst.measured, `${said(worst)} ${open.where} was still failing when last seen.`)
}
