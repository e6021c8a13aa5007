import { hasBeenStuck, NOTHING_CHANGED, type Run, type SourcedFact, summarise, type Ulid } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'

/** One line for the list of runs. `startedMs` is used until the run's own first fact says. */
export function rowOf(run: Run, startedMs: number): RunRow {
  const about = run.plan ?? run.slot
  if (about === null || run.runId === null) throw new Error('A run with neither plan nor slot has no row.')
  return {
    runId: run.runId,
    clientId: about.clientId,
    drill: about.drill,
    title: about.title,
    mode: run.plan?.mode ?? 'live',
    phase: run.phase,
    outcome: run.outcome,
    effect: run.effect,
    restoration: run.restoration,
    ...(hasBeenStuck(run) ? { wasStuck: true } : {}),
    startedMs: Math.round(run.plannedMs ?? startedMs),
    endedMs: run.endedMs === null ? null : Math.round(run.endedMs),
    summary: summaryOf(run),
  }
}

/** The sentences of all hosts, as one line of bounded length for lists; of a run that was not begun, why not. */
function summaryOf(run: Run): string {
  const why = run.outcome === 'skipped' ? run.reasons.filter((reason) => reason !== NOTHING_CHANGED) : []
  const said = why.length > 0 ? [] : summarise(run).map(({ sentence }) => sentence)
  const text = said.length > 0 ? said.join('; ') : (why.length > 0 ? why : run.reasons).join(' ')
  return text.length > 300 ? `${text.slice(0, 299)}…` : text
}

/** The run a fact speaks of, or null. */
export function runOf({ fact }: SourcedFact): Ulid | null {
  return 'runId' in fact.event ? fact.event.runId : null
}
