export type { Action, ActionContext, EffectProbe } from './actions/action.ts'
export type {
  Engine,
  InjectRequest,
  Prepared,
  PrepareRequest,
  RevertOutcome,
  Selection,
  Standings,
} from './engine/engine.ts'
export type { Failsafe } from './failsafe/failsafe.ts'
export type { Host } from './host/host.ts'
export type { Journal, JournalListing, Stage, Unreadable } from './journal/journal.ts'
export { type JournalRecord, RecordHead, RecordState } from './journal/record.ts'
export { type Paths, pathsUnder } from './paths.ts'
export type { Policy, Ruling } from './policy/policy.ts'
export type { PolicyQuestion } from './policy/question.ts'
export type { Probe } from './probes/probe.ts'
export type { Reporter } from './reporter.ts'
export { agentVersion } from './version.ts'
