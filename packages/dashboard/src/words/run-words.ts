import { type Effect, type Outcome, PHASE_WORDS, type Phase, type Restoration, type Run } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'

/** How good or bad something is; colour and symbol follow from it, never from the words. `live`: it is under way. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'live'

/** How an outcome is called and coloured everywhere. */
export const OUTCOME: Readonly<Record<Outcome, { label: string; tone: Tone }>> = {
  passed: { label: 'Passed', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
  aborted: { label: 'Aborted', tone: 'warn' },
  skipped: { label: 'Skipped', tone: 'quiet' },
  missed: { label: 'Missed', tone: 'warn' },
}

const EFFECT: Readonly<Record<Effect, { label: string; tone: Tone }>> = {
  proved: { label: 'Impact confirmed', tone: 'good' },
  'not seen': { label: 'Failure not confirmed', tone: 'bad' },
  'not applicable': { label: 'No failure was to be started', tone: 'quiet' },
}

/** The impact of a run in a word. Where nothing was started, none could be confirmed: that is no failure of its own. */
export function effectOf({ effect, restoration }: Pick<Run, 'effect' | 'restoration'>): { label: string; tone: Tone } {
  if (effect === 'not seen' && restoration === 'not applicable')
    return { label: 'No failure was started', tone: 'quiet' }
  return EFFECT[effect]
}

/** How a host came back, as its badge says it. Only `identical` and `ours undone` are good. */
export const RESTORATION: Readonly<Record<Restoration, { label: string; tone: Tone }>> = {
  'not applicable': { label: 'Nothing was changed', tone: 'quiet' },
  identical: { label: 'Rolled back, identical', tone: 'good' },
  'ours undone': { label: 'Our part rolled back, the rest kept', tone: 'good' },
  pending: { label: 'Not reported yet', tone: 'warn' },
  unknown: { label: 'Not known whether rolled back', tone: 'bad' },
  stuck: { label: 'NOT rolled back: a person must act', tone: 'bad' },
}

/** How a host, or a run, came back; one that was stuck before says so wherever it is listed. */
export function restorationOf(one: { readonly restoration: Restoration; readonly wasStuck?: boolean | undefined }): {
  label: string
  tone: Tone
} {
  const words = RESTORATION[one.restoration]
  return one.wasStuck === true ? { label: `${words.label}, was stuck before`, tone: 'warn' } : words
}

/** The phases a person follows, in order, in few words. */
export const PHASES: readonly { readonly phase: Phase; readonly label: string }[] = (
  ['preflight', 'baseline', 'injecting', 'holding', 'reverting', 'verifying', 'ended'] as const
).map((phase) => ({ phase, label: PHASE_WORDS[phase].label }))

/**
 * The phase as a person sees it: once every failure begun so far is confirmed it is in place, though the controller may
 * still have steps to begin.
 */
export function stageOf(run: Run): Phase {
  if (run.phase !== 'injecting') return run.phase
  const begun = run.steps.filter((step) => step.kind === 'inject' && step.startedMs !== null)
  return begun.length > 0 && begun.every((step) => step.effect.state === 'seen') ? 'holding' : 'injecting'
}

/** What a run is doing in a phase. The phases before the start read alike: nothing happens on a host there. */
export function phaseWords(phase: Phase): string {
  return phase === 'planned' || phase === 'approved' ? 'Waiting to start' : PHASE_WORDS[phase].doing
}

/** The label and colour of a run in a list: a host that is not back outranks every outcome. */
export function statusOf(row: Pick<RunRow, 'outcome' | 'phase' | 'restoration'>): { label: string; tone: Tone } {
  if (row.restoration === 'stuck') return { label: 'Host not rolled back', tone: 'bad' }
  if (row.outcome === null) return { label: phaseWords(row.phase), tone: 'live' }
  return OUTCOME[row.outcome]
}

/** One sentence for somebody who reads nothing else. */
export function headlineOf(run: Pick<Run, 'outcome' | 'effect' | 'restoration' | 'phase'>): string {
  if (run.restoration === 'stuck')
    return 'A host could not be rolled back completely. A person must act; the run says how.'
  if (run.restoration === 'unknown') return 'It is not known whether every host is as it was. A person must look.'
  switch (run.outcome) {
    case 'passed':
      return run.effect === 'proved'
        ? `The failure was real, the health checks passed again in time, and ${run.restoration === 'ours undone' ? 'our changes are undone; those of somebody else were kept' : 'every host is as it was'}.`
        : 'Everything that was checked is as it should be. Nothing was changed on any host.'
    case 'failed':
      return run.restoration === 'pending'
        ? 'The drill did not reach its goal; a host has not reported yet.'
        : 'The drill did not reach its goal. Every host that was changed is back.'
    case 'aborted':
      return run.restoration === 'pending'
        ? 'The drill was stopped; a host has not reported yet.'
        : 'The drill was stopped before its end, and what it had changed was rolled back.'
    case 'skipped':
      return 'The drill was not started. Nothing was changed on any host.'
    case 'missed':
      return 'The time of this drill passed without anybody running it.'
    case null:
      return phaseWords(run.phase)
  }
}
