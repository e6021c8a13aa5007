export type { Action, ActionContext, EffectProbe } from './actions/index.ts'
export type {
  Engine,
  InjectRequest,
  Prepared,
  PrepareRequest,
  RevertOutcome,
  Selection,
  Standings,
} from './engine/index.ts'
export type { Failsafe } from './failsafe/index.ts'
export type { Host } from './host/index.ts'
export type { Journal, JournalListing, Stage, Unreadable } from './journal/index.ts'
export { type JournalRecord, RecordHead, RecordState } from './journal/index.ts'
export { type Paths, pathsUnder } from './paths.ts'
export type { Policy, PolicyQuestion, Ruling } from './policy/index.ts'
export type { Probe } from './probes/index.ts'
export type { Reporter } from './reporter.ts'
export { agentVersion } from './version.ts'
