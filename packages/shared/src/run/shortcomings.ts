import type { ObjectiveName } from '../drill/index.ts'
import { formatDuration, formatMeasured } from '../timing/index.ts'
import { alertCause } from './alert-cause.ts'
import type { PlannedStep } from './plan.ts'
import type { ObjectiveResult, Run, RunQuestion } from './run.ts'
import type { ExerciseResult, RunStep, StepHost } from './run-step.ts'
import { hostName, notHoldingAfterwards, steadyProbes } from './steady-state.ts'

type Planned<K extends PlannedStep['kind']> = Extract<PlannedStep, { kind: K }>

function plannedSteps<K extends PlannedStep['kind']>(run: Run, kind: K): Planned<K>[] {
  return (run.plan?.steps ?? []).filter((step): step is Planned<K> => step.kind === kind)
}

function unconfirmed(run: Run, { startedMs, effect }: RunStep): string {
  if (startedMs === null) return 'was never started'
  // Missed is recorded only when the time to see it was over.
  if (effect.state === 'waiting' && run.aborts.length > 0) return 'was not confirmed before the run was stopped'
  return 'was not confirmed: nobody saw it bite'
}

function effects(run: Run): string[] {
  return run.steps.flatMap((step) => {
    if (step.kind !== 'inject' || step.effect.state === 'seen') return []
    const why = step.effect.reason === null ? '' : ` ${step.effect.reason}`
    return [`The failure ${step.stepId} ${unconfirmed(run, step)}.${why}`]
  })
}

/** A failure that somebody else undid during its hold proves nothing from then on: no effect, no pass. */
function lostEffects(run: Run): string[] {
  return run.steps.flatMap(({ stepId, hosts }) =>
    hosts.flatMap(({ hostId, effectLost }) => {
      if (effectLost === null) return []
      const where = `The failure ${stepId} did not last on ${hostName(run, hostId)}: ${effectLost}.`
      return [`${where} What was measured or answered after that does not count.`]
    }),
  )
}

const NOT_BACK = {
  pending: 'has not reported yet whether everything was rolled back',
  unknown: 'cannot say whether everything was rolled back',
  stuck: 'could not roll everything back; a person must act',
} as const

function restorations(run: Run): string[] {
  return run.hosts.flatMap(({ name, restoration }) =>
    restoration === 'pending' || restoration === 'unknown' || restoration === 'stuck'
      ? [`${name} ${NOT_BACK[restoration]}.`]
      : [],
  )
}

/** What an objective measures, as a person calls it. */
export const OBJECTIVE_WORDS: Readonly<Record<ObjectiveName, string>> = {
  detect: 'Time to detect',
  switch: 'Time to switch over',
  outage: 'Time without service',
  recover: 'Time to recover',
  restore: 'Time to restore',
  dataAge: 'Age of the restored data',
}

function missedObjective(name: ObjectiveName, { measured, atLeast, withinMs, met, how }: ObjectiveResult): string[] {
  if (withinMs === null || met === true) return []
  const target = `${OBJECTIVE_WORDS[name]}: target ${formatDuration(withinMs)}`
  if (measured === null)
    return [`${target}, not measured. ${how.replace(/^Not measured: ./, (head) => head.slice(-1).toUpperCase())}`]
  return [`${target}, measured ${atLeast ? 'at least ' : ''}${formatMeasured(measured)}. ${how}`]
}

function objectives(run: Run): string[] {
  return (Object.keys(OBJECTIVE_WORDS) as ObjectiveName[]).flatMap((name) =>
    missedObjective(name, run.objectives[name]),
  )
}

function steadyState(run: Run): string[] {
  if (steadyProbes(run).length === 0) return []
  const { baseline, failing } = run.steadyState
  const before =
    baseline === null ? ['The health checks were not run before the failure.'] : failing.map((one) => `Before: ${one}`)
  if (!run.phases.some(({ phase }) => phase === 'verifying'))
    return [...before, 'The health checks were not run after the failure.']
  return [...before, ...notHoldingAfterwards(run).map((one) => `Afterwards: ${one}`)]
}

/** Asked while something failed, answered when nothing of it did any more: it says nothing about the failure. */
function isAnsweredAfterwards(run: Run, askedMs: number, answeredMs: number): boolean {
  const held = run.steps
    .flatMap(({ hosts }) => hosts)
    .filter(({ injected }) => injected !== null && injected.lowMs <= askedMs)
    .filter(({ revertBegun }) => revertBegun === null || revertBegun.lowMs > askedMs)
  return held.length > 0 && held.every(({ revertBegun }) => revertBegun !== null && revertBegun.highMs < answeredMs)
}

const CUT_OFF = 'the run was stopped before its time was over'

/** Was the run stopped while there was still time to answer? Then nobody was too slow. */
function isCutOff(run: Run, untilMs: number): boolean {
  return run.aborts.some(({ ms }) => ms < untilMs)
}

function wrongAnswer(run: Run, asked: RunQuestion | undefined, step: Planned<'ask'>): string[] {
  const question = `“${step.text}”`
  if (asked === undefined) return [`${question} was never asked.`]
  const { answer } = asked
  if (answer === null) {
    if (isCutOff(run, asked.untilMs)) return [`${question} was not answered by ${step.of}: ${CUT_OFF}.`]
    return [`${question} was not answered by ${step.of} in time.`]
  }
  if (answer.ms > asked.untilMs) return [`${question} was answered too late by ${answer.by}.`]
  if (isAnsweredAfterwards(run, asked.askedMs, answer.ms))
    return [`${question} was answered by ${answer.by} when the failure had been rolled back already.`]
  if (step.expect === 'any' || answer.answer === step.expect) return []
  const note = answer.note === null ? '' : ` (${answer.note})`
  return [`${question} was answered “${answer.answer}” by ${answer.by}${note}; expected was “${step.expect}”.`]
}

function questions(run: Run): string[] {
  return plannedSteps(run, 'ask').flatMap((step) =>
    wrongAnswer(
      run,
      run.questions.find((one) => one.stepId === step.stepId),
      step,
    ),
  )
}

function noAlert(run: Run, { text, withinMs }: Planned<'alert'>, awaitedMs: number | null): string {
  if (awaitedMs === null) return `The expected alert was not waited for: “${text}”.`
  if (isCutOff(run, awaitedMs + withinMs)) return `The expected alert did not come; ${CUT_OFF}: “${text}”.`
  return `The expected alert did not come within ${formatDuration(withinMs)}: “${text}”.`
}

function alerts(run: Run): string[] {
  return plannedSteps(run, 'alert').flatMap((step) => {
    const alert = run.alerts.find((one) => one.stepId === step.stepId)
    const received = alert?.received ?? null
    if (received === null) return [noAlert(run, step, alert?.awaitedMs ?? null)]
    const cause = alertCause(run, step.stepId)
    if (cause !== null && (cause.injected === null || received.ms < cause.injected.lowMs)) {
      return [`The expected alert was reported before ${cause.stepId} had started its failure: “${step.text}”.`]
    }
    const awaitedMs = alert?.awaitedMs ?? received.ms
    const lateMs = received.ms - awaitedMs - step.withinMs
    if (lateMs > 0) return [`The expected alert came ${formatDuration(lateMs)} too late: “${step.text}”.`]
    if (!isAnsweredAfterwards(run, awaitedMs, received.ms)) return []
    return [`The expected alert came when the failure had been rolled back already: “${step.text}”.`]
  })
}

function exercises(run: Run): string[] {
  return exerciseRows(run).flatMap(({ what, row: { exercise, failure } }) => {
    if (exercise === null) return [`${what} did not come to an end.${failure === null ? '' : ` ${failure}`}`]
    return whyFailed(what, exercise)
  })
}

/** Exercises that came to their end and failed: they have, whatever became of the run afterwards. */
export function failedExercises(run: Run): string[] {
  return exerciseRows(run).flatMap(({ what, row: { exercise } }) =>
    exercise === null ? [] : whyFailed(what, exercise),
  )
}

function exerciseRows(run: Run): { what: string; row: StepHost }[] {
  const of = run.steps.filter(({ kind }) => kind === 'exercise')
  return of.flatMap(({ stepId, hosts }) =>
    hosts.map((row) => ({ what: `The exercise ${stepId} on ${hostName(run, row.hostId)}`, row })),
  )
}

function whyFailed(what: string, { ok, reason, canary }: ExerciseResult): string[] {
  if (!ok) return [`${what} failed: ${reason ?? 'no reason was given'}.`]
  return canary === 'missing' ? [`${what} did not bring the planted file back.`] : []
}

function steps(run: Run): string[] {
  const ownRules: readonly string[] = ['ask', 'alert', 'exercise']
  return run.steps.flatMap((step) =>
    step.ok === false && !ownRules.includes(step.kind)
      ? [`The step ${step.stepId} failed: ${step.reason ?? 'no reason was given'}`]
      : [],
  )
}

/** Everything that had to be and was not: one sentence each, the gravest first. Empty means that the run may pass. */
export function shortcomings(run: Run): string[] {
  if (run.plan === null) return ['The run has no plan.']
  return [restorations, effects, lostEffects, steadyState, objectives, questions, alerts, exercises, steps].flatMap(
    (rule) => rule(run),
  )
}
