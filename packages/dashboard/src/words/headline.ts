import { hostName, midOf, type PlannedStep, type Run, type RunStep, type StepHost } from '@chaos-lite/shared'

/** When everything is back, as far as the record says. */
export type Back =
  /** The drill starts no failure, or has started none and never will. */
  | { readonly state: 'nothing to restore' }
  /** No failure has been started; once one is, it stays for so long at most. */
  | { readonly state: 'not begun'; readonly atMostMs: number }
  /** The last safety timer has done its work by then, whatever becomes of the controller and the agent. */
  | { readonly state: 'by'; readonly ms: number; readonly overdue: boolean }
  /** Ordered, but these hosts have not reported a safety timer: nobody can name a time. */
  | { readonly state: 'not reported'; readonly hosts: readonly string[] }
  | { readonly state: 'back'; readonly ms: number }
  /** These could not be restored, or nobody is sure: no timer changes that. */
  | { readonly state: 'person'; readonly hosts: readonly string[] }

/** A safety timer of a host that may still be changed, on the controller's time line. */
export interface Timer {
  readonly host: string
  readonly ms: number
}

/** What somebody wants to know who looks for two seconds. */
export interface Headline {
  readonly back: Back
  readonly timers: readonly Timer[]
  /** How many failures of the method have not been started yet. */
  readonly later: number
}

type Inject = Extract<PlannedStep, { kind: 'inject' }>

interface Changed {
  readonly host: string
  readonly timerMs: number | null
  readonly backByMs: number | null
}

/** The timer runs by the host's calendar clock; how that lies to the controller's is known from when it was armed. */
function timerMs({ armed, revertByWallMs }: StepHost): number | null {
  if (armed === null || revertByWallMs === null) return null
  if (armed.raw === null) return revertByWallMs
  const { lowMonoMs, highMonoMs, wallMinusMonoMs } = armed.raw
  const armedWallMs = (lowMonoMs + highMonoMs) / 2 + wallMinusMonoMs
  return midOf(armed) + (revertByWallMs - armedWallMs)
}

function changedBy(run: Run, step: RunStep, planned: Inject): Changed[] {
  return step.hosts
    .filter((row) => row.restoration === 'pending')
    .map((row) => {
      const ms = timerMs(row)
      // When the timer is over the host begins to roll itself back; that takes its time too.
      const takesMs = planned.explanations.find((one) => one.hostId === row.hostId)?.revertMs ?? 0
      return { host: hostName(run, row.hostId), timerMs: ms, backByMs: ms === null ? null : ms + takesMs }
    })
}

/** May failures of the method still be started? */
function mayBegin(run: Run): boolean {
  return run.aborts.length === 0 && !['reverting', 'verifying', 'ended'].includes(run.phase)
}

function backOf(run: Run, changed: readonly Changed[], later: number, nowMs: number): Back {
  const rows = run.steps.filter((step) => step.kind === 'inject').flatMap((step) => step.hosts)
  const left = rows.filter(({ restoration }) => restoration === 'stuck' || restoration === 'unknown')
  if (left.length > 0) return { state: 'person', hosts: [...new Set(left.map((row) => hostName(run, row.hostId)))] }
  if (changed.length > 0) {
    const silent = changed.filter((one) => one.backByMs === null).map((one) => one.host)
    if (silent.length > 0) return { state: 'not reported', hosts: [...new Set(silent)] }
    const ms = Math.max(...changed.map((one) => one.backByMs ?? 0))
    return { state: 'by', ms, overdue: nowMs > ms }
  }
  const ended = rows.flatMap((row) => (row.restoration === 'not applicable' ? [] : (row.revertEnded ?? [])))
  if (ended.length > 0 && later === 0) return { state: 'back', ms: Math.max(...ended.map(midOf)) }
  return later === 0 ? { state: 'nothing to restore' } : { state: 'not begun', atMostMs: run.plan?.worstCaseMs ?? 0 }
}

/** The headline of a run at `nowMs`. */
export function headlineAt(run: Run, nowMs: number): Headline {
  const planned = run.plan?.steps.filter((step) => step.kind === 'inject') ?? []
  const steps = planned.flatMap((step) => {
    const found = run.steps.find((one) => one.stepId === step.stepId)
    return found ? [{ step: found, planned: step }] : []
  })
  const changed = steps.flatMap((one) => changedBy(run, one.step, one.planned))
  const later = mayBegin(run) ? steps.filter(({ step }) => step.state === 'waiting').length : 0
  const timers = changed.flatMap(({ host, timerMs: ms }) => (ms === null ? [] : [{ host, ms }]))
  return { back: backOf(run, changed, later, nowMs), timers, later }
}
