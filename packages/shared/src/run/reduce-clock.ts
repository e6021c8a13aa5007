import { contradict, place } from './clock.ts'
import type { ControllerEvent } from './event.ts'
import { anomaly } from './list.ts'
import type { ClockMeasurement, Moment } from './moment.ts'
import type { Run } from './run.ts'
import type { StepHost } from './run-step.ts'

const MAX_PER_BOOT = 8
const MAX_CLOCKS = 10_000
/** The range of a JavaScript date: an offset or bound beyond it is no clock. */
const MAX_MS = 8_640_000_000_000_000

function added(clocks: readonly ClockMeasurement[], one: ClockMeasurement): ClockMeasurement[] {
  const all = [...clocks, one]
  const same = all.filter((clock) => clock.hostId === one.hostId && clock.bootId === one.bootId)
  if (same.length <= MAX_PER_BOOT) return all.slice(-MAX_CLOCKS)
  const loosest = same.reduce((worst, clock) => (clock.boundMs > worst.boundMs ? clock : worst))
  return all.filter((clock) => clock !== loosest)
}

function replaced(row: StepHost, again: (moment: Moment | null) => Moment | null): StepHost {
  return {
    ...row,
    armed: again(row.armed),
    begun: again(row.begun),
    injected: again(row.injected),
    revertBegun: again(row.revertBegun),
    revertEnded: again(row.revertEnded),
    ...(row.stuck === undefined ? {} : { stuck: { ...row.stuck, at: again(row.stuck.at) ?? row.stuck.at } }),
  }
}

/** Places everything this host said in this boot anew, now that its clock is better known. */
function placedAnew(run: Run, hostId: string, bootId: string): Run {
  const again = <M extends Moment | null>(moment: M): M =>
    moment?.raw?.hostId === hostId && moment.raw.bootId === bootId ? (place(moment.raw, run.clocks) as M) : moment
  const steps = run.steps.map((step) =>
    step.hosts.some((row) => row.hostId === hostId)
      ? { ...step, hosts: step.hosts.map((row) => (row.hostId === hostId ? replaced(row, again) : row)) }
      : step,
  )
  const probes = run.probes.map((probe) => {
    if (probe.hostId !== hostId) return probe
    const transitions = probe.transitions.map((one) => ({ ...one, at: again(one.at) }))
    return { ...probe, transitions, endedAt: again(probe.endedAt) }
  })
  const hosts = run.hosts.map((host) => (host.hostId === hostId ? { ...host, leaseLost: again(host.leaseLost) } : host))
  return { ...run, steps, probes, hosts }
}

/** A clock that stood still, or ran at another rate than clocks do, is reported: the times of its host are wider by that. */
function contradicted(run: Run, measured: ClockMeasurement, ms: number): Run {
  const { hostId, bootId, offsetMs } = measured
  const same = run.clocks.filter((clock) => clock.hostId === hostId && clock.bootId === bootId)
  const other = same.find((clock) => contradict(clock, measured, ms - offsetMs))
  if (other === undefined) return run
  const offMs = Math.round(Math.abs(other.offsetMs - offsetMs))
  return anomaly(run, `The clock of this host stood still or jumped by ${offMs} ms during the run.`, ms, hostId)
}

/** A host's clock was measured. */
export function clockMeasured(run: Run, event: Extract<ControllerEvent, { type: 'clock.measured' }>, ms: number): Run {
  const { hostId, bootId, offsetMs, boundMs } = event
  if (Math.abs(offsetMs) > MAX_MS || boundMs > MAX_MS) {
    return anomaly(run, 'A clock measurement beyond all calendars; it is not used.', ms, hostId)
  }
  const measured = { hostId, bootId, offsetMs: offsetMs + 0, boundMs: boundMs + 0, measuredMs: ms }
  const marked = contradicted(run, measured, ms)
  return placedAnew({ ...marked, clocks: added(run.clocks, measured) }, hostId, bootId)
}
