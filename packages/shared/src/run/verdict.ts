import type { Effect, Outcome, Restoration } from './event.ts'
import type { Run } from './run.ts'

/** What a run comes to. `reasons` are sentences for people: why it did not pass, or what is worth knowing though it did. */
export interface Verdict {
  readonly outcome: Outcome
  readonly effect: Effect
  readonly restoration: Restoration
  readonly reasons: readonly string[]
}

/** The judgement as if the run ended now; after `run.ended`, what was recorded. */
export function verdict(run: Run): Verdict {
  return { outcome: run.outcome ?? 'failed', effect: run.effect, restoration: run.restoration, reasons: run.reasons }
}
