import {
  failureWords,
  type Moment,
  midOf,
  type Restoration,
  type Run,
  type RunStep,
  type StepHost,
} from '@chaos-lite/shared'

/** One stage of a failure on one host. `left`: it could not be rolled back, or nobody knows. */
export type Stage = 'starting' | 'in place' | 'confirmed' | 'putting back' | 'left'

/** A stretch of time in which a failure was in one stage. UTC ms; `open`: it goes on, and grows with the time. */
export interface FailureStretch {
  readonly stage: Stage
  readonly fromMs: number
  readonly toMs: number
  readonly open: boolean
}

/** One failure on one host, from its start to its rollback, as the timeline draws it. */
export interface FailureLane {
  readonly stepId: string
  readonly hostId: string
  /** What was done, in words: `nginx stopped`. */
  readonly words: string
  readonly stretches: readonly FailureStretch[]
  /** When and how it came back; null while it has not. */
  readonly back: { readonly atMs: number; readonly restoration: Restoration } | null
}

const ms = (moment: Moment | null): number | null => (moment === null ? null : midOf(moment))

interface Marks {
  readonly stage: Stage
  readonly fromMs: number
}

function marksOf(step: RunStep, row: StepHost): Marks[] {
  const begun = ms(row.begun) ?? ms(row.armed)
  const injected = ms(row.injected)
  const reverting = ms(row.revertBegun)
  const seen = step.effect.state === 'seen' ? step.effect.seenMs : null
  const marks: Marks[] = []
  if (begun !== null) marks.push({ stage: 'starting', fromMs: begun })
  if (injected !== null) marks.push({ stage: 'in place', fromMs: injected })
  if (injected !== null && seen !== null && (reverting === null || seen < reverting)) {
    marks.push({ stage: 'confirmed', fromMs: Math.max(seen, injected) })
  }
  if (reverting !== null) marks.push({ stage: 'putting back', fromMs: reverting })
  const left = row.restoration === 'stuck' || row.restoration === 'unknown'
  const ended = ms(row.revertEnded)
  if (left && ended !== null) marks.push({ stage: 'left', fromMs: ended })
  return marks
}

function laneOf(run: Run, step: RunStep, row: StepHost, nowMs: number): FailureLane[] {
  const planned = run.plan?.steps.find((one) => one.stepId === step.stepId)
  if (planned?.kind !== 'inject') return []
  const marks = marksOf(step, row)
  const ended = ms(row.revertEnded)
  const left = marks.at(-1)?.stage === 'left'
  const failed = row.injected === null && row.failure !== null && row.restoration !== 'pending'
  const endMs = left || ended === null ? (run.endedMs ?? nowMs) : ended
  const open = run.endedMs === null && (left || ended === null) && !failed
  const stretches = marks.map(({ stage, fromMs }, n): FailureStretch => {
    const next = marks[n + 1]
    const toMs = next?.fromMs ?? (failed ? fromMs : endMs)
    return { stage, fromMs, toMs: Math.max(fromMs, toMs), open: next === undefined && open }
  })
  const back = ended === null || left ? null : { atMs: ended, restoration: row.restoration }
  return [{ stepId: step.stepId, hostId: row.hostId, words: failureWords(planned, row.hostId), stretches, back }]
}

/** The failures of one host, in the order of the method; also those that have not begun. */
export function failuresOf(run: Run, hostId: string, nowMs: number): FailureLane[] {
  return run.steps.flatMap((step) =>
    step.hosts.filter((row) => row.hostId === hostId).flatMap((row) => laneOf(run, step, row, nowMs)),
  )
}
