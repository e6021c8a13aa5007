import { isAllowCommand, ruleText } from '../errors.ts'
import type { Effect, Outcome, Restoration } from './event.ts'
import { hasInjects } from './objectives/landmarks.ts'
import { remarks } from './remarks.ts'
import { isRestored } from './restoration.ts'
import type { Run } from './run.ts'
import { failedExercises, shortcomings } from './shortcomings.ts'
import { hostName } from './steady-state.ts'

/** What a run comes to. `reasons` are sentences for people: why it did not pass, or what is worth knowing though it did. */
export interface Verdict {
  readonly outcome: Outcome
  readonly effect: Effect
  readonly restoration: Restoration
  readonly reasons: readonly string[]
}

const MAX_REASONS = 50
const MAX_CHARS = 512

/** Might anything have been changed on any host? A host that was given the command and is silent counts. */
function somethingChanged(run: Run): boolean {
  return run.hosts.some((host) => host.restoration !== 'not applicable')
}

/** Somebody or something stopped the run. A failure that did not take hold is a result, not an interruption. */
function wasStopped(run: Run): boolean {
  return run.aborts.some((abort) => abort.cause !== 'effect not seen')
}

/** Did a drill that changes nothing, a check or a tabletop, get as far as doing its work? */
function hasRun(run: Run): boolean {
  const stages: readonly string[] = ['baseline', 'injecting', 'holding', 'verifying']
  return run.phases.some(({ phase }) => stages.includes(phase))
}

function fullStop(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

/** The first reason of every run that was skipped. */
export const NOTHING_CHANGED = 'Nothing was changed on any host.'

function whySkipped(run: Run): string[] {
  const refused = run.refusals.map((one) => ({ ...one, name: hostName(run, one.hostId) }))
  const refusals = refused.map((one) => {
    const rule = one.rule === null ? '' : ` ${isAllowCommand(one.rule) ? ruleText(one.rule) : `${ruleText(one.rule)}.`}`
    return `${one.name} refused (${one.code ?? one.command}): ${fullStop(one.reason)}${rule}`
  })
  // What the controller stopped it for is the refusal itself, in the words of the host.
  const stops = run.aborts
    .filter(({ cause, reason }) => {
      const isOwn = cause === 'inject failed' || cause === 'preflight'
      return !(isOwn && refused.some((one) => `${one.name}: ${one.reason}`.startsWith(reason)))
    })
    .map((abort) => `Stopped by ${abort.by}: ${abort.reason}`)
  const offline = run.hosts.filter((host) => host.online === false).map((host) => `${host.name} had no link.`)
  const why = [...stops, ...failedExercises(run), ...refusals, ...offline, ...run.steadyState.failing]
  return [NOTHING_CHANGED, ...(why.length > 0 ? why : ['No failure was started.'])]
}

function whyAborted(run: Run): string[] {
  return run.aborts.map((abort) => `Stopped (${abort.cause}) by ${abort.by}: ${abort.reason}`)
}

function concluded(run: Run): { outcome: Outcome; reasons: string[] } {
  const changed = somethingChanged(run)
  if (!changed && (hasInjects(run) || wasStopped(run) || !hasRun(run))) {
    return { outcome: 'skipped', reasons: whySkipped(run) }
  }
  const wrong = shortcomings(run)
  if (changed && wasStopped(run)) return { outcome: 'aborted', reasons: [...whyAborted(run), ...wrong] }
  return wrong.length > 0 ? { outcome: 'failed', reasons: wrong } : { outcome: 'passed', reasons: [] }
}

/**
 * The judgement as if the run ended now, by the rules: nothing changed, skipped; changed and stopped, aborted; anything
 * that had to be and was not, failed; otherwise passed. Checks and tabletops change nothing by nature: they are skipped
 * only when they were stopped or never started. Never `missed`: that is the timetable's word, for a run nobody started.
 */
export function judge(run: Run): Verdict {
  const { effect, restoration } = run
  const { outcome, reasons } = concluded(run)
  const said = [...reasons, ...remarks(run)].map((one) =>
    one.length > MAX_CHARS ? `${one.slice(0, MAX_CHARS - 1)}…` : one,
  )
  // The rule above every other rule, whatever the list of shortcomings may have overlooked.
  const bound = outcome === 'passed' && (effect === 'not seen' || !isRestored(restoration)) ? 'failed' : outcome
  return { outcome: bound, effect, restoration, reasons: [...new Set(said)].slice(0, MAX_REASONS) }
}

/** The judgement as if the run ended now; after `run.ended`, what was recorded. */
export function verdict(run: Run): Verdict {
  if (run.outcome === null) return judge(run)
  return { outcome: run.outcome, effect: run.effect, restoration: run.restoration, reasons: run.reasons }
}
