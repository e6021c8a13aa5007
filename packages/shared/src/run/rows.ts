import type { HostId, Name, Ulid } from '../primitives.ts'
import type { Restoration } from './event.ts'
import { replaceFirst } from './list.ts'
import type { Run } from './run.ts'
import type { RunStep, StepHost, StepHostState } from './run-step.ts'

/** An agent that reports more records than this for one step on one host is not believed any more. */
const MAX_ROWS_PER_HOST = 4

/** The row of a host in a step before any fact about it: `order: 'none'` says that no command was sent either. */
export function emptyRow(hostId: HostId): StepHost {
  return {
    hostId,
    recordId: null,
    action: null,
    state: 'waiting',
    order: 'none',
    armed: null,
    revertByWallMs: null,
    begun: null,
    injected: null,
    effectLost: null,
    failure: null,
    revertBegun: null,
    cause: null,
    revertEnded: null,
    restoration: 'not applicable',
    compared: [],
    kept: [],
    byHand: null,
    phases: [],
    exercise: null,
  }
}

/** Has the agent said anything that means that this host was, or was about to be, changed? */
export function wasTouched(row: StepHost): boolean {
  return row.armed !== null || row.begun !== null || row.injected !== null || row.revertBegun !== null
}

/** Has it, by its own word, begun to change anything? Armed alone is not yet begun. */
function wasBegun(row: StepHost): boolean {
  return row.begun !== null || row.injected !== null || row.revertBegun !== null
}

/**
 * How the host came back from this step. A host that was given the command may have been changed: pending, until its own
 * word says otherwise. What came over the link about the command proves nothing: the answer may be lost, or overtake the
 * facts.
 */
function restorationOf(row: StepHost): Restoration {
  if (row.revertEnded !== null) return row.restoration
  if (wasBegun(row)) return 'pending'
  if (row.order === 'refused') return 'not applicable'
  return row.armed !== null || row.order === 'given' || row.order === 'accepted' ? 'pending' : 'not applicable'
}

function exerciseState(row: StepHost): StepHostState {
  if (row.exercise !== null) return row.exercise.ok ? 'done' : 'failed'
  if (row.failure !== null || row.order === 'refused') return 'failed'
  return row.order === 'none' ? 'waiting' : 'started'
}

function injectState(row: StepHost, restoration: Restoration, effectSeen: boolean): StepHostState {
  if (row.revertEnded !== null) return restoration === 'unknown' || restoration === 'stuck' ? restoration : 'reverted'
  if (row.revertBegun !== null) return 'reverting'
  // A failed inject that is not back yet is still in whatever state it had reached.
  if (restoration !== 'pending') return row.failure === null && row.order !== 'refused' ? 'waiting' : 'failed'
  if (row.injected !== null) return effectSeen ? 'effect seen' : 'injected'
  return row.armed !== null || row.begun !== null ? 'armed' : 'started'
}

/** The row with what follows from its facts. */
function settled(row: StepHost, step: RunStep): StepHost {
  if (step.kind === 'exercise') return { ...row, state: exerciseState(row) }
  const restoration = restorationOf(row)
  return { ...row, restoration, state: injectState(row, restoration, step.effect.state === 'seen') }
}

/** The step with all its rows brought up to date. */
function settleStep(step: RunStep): RunStep {
  return { ...step, hosts: step.hosts.map((row) => settled(row, step)) }
}

function withRow(
  step: RunStep,
  hostId: HostId,
  recordId: Ulid | null,
  change: (row: StepHost) => StepHost,
): RunStep | null {
  const mine = step.hosts.filter((row) => row.hostId === hostId)
  if (mine.length === 0) return null
  const row =
    mine.find((one) => recordId === null || one.recordId === recordId) ?? mine.find((one) => one.recordId === null)
  const touch = (one: StepHost) => settled(change({ ...one, recordId: recordId ?? one.recordId }), step)
  if (row !== undefined) return { ...step, hosts: step.hosts.map((one) => (one === row ? touch(one) : one)) }
  if (mine.length >= MAX_ROWS_PER_HOST) return null
  return { ...step, hosts: [...step.hosts, touch(emptyRow(hostId))] }
}

/** Changes one row, by record where there is one. Null when the run has no such step on that host. */
export function changeRow(
  run: Run,
  stepId: Name,
  hostId: HostId,
  recordId: Ulid | null,
  change: (row: StepHost) => StepHost,
): Run | null {
  const index = run.steps.findIndex((one) => one.stepId === stepId)
  const step = run.steps[index]
  const changed = step && withRow(step, hostId, recordId, change)
  return changed ? { ...run, steps: run.steps.with(index, changed) } : null
}

/** Changes one step and whatever follows from it on its hosts. Null when the run has no such step. */
export function changeStep(run: Run, stepId: Name, change: (step: RunStep) => RunStep): Run | null {
  const steps = replaceFirst(
    run.steps,
    (one) => one.stepId === stepId,
    (one) => settleStep(change(one)),
  )
  return steps === run.steps ? null : { ...run, steps }
}

/** Changes every row of one host. */
export function changeRowsOf(run: Run, hostId: HostId, change: (row: StepHost) => StepHost): Run {
  const steps = run.steps.map((step) => {
    if (!step.hosts.some((row) => row.hostId === hostId)) return step
    return { ...step, hosts: step.hosts.map((row) => (row.hostId === hostId ? settled(change(row), step) : row)) }
  })
  return { ...run, steps }
}
