import type { AgentEvent, AgentFrame } from '@chaos-lite/shared'
import type { LocalDefinitions } from '../definitions/local-definitions.ts'
import type { Engine } from '../engine/engine.ts'
import type { Exercise } from '../exercises/exercise.ts'
import type { Host } from '../host/host.ts'
import type { Policy } from '../policy/policy.ts'
import type { Apart } from '../probes/apart.ts'
import type { Reporter } from '../reporter.ts'
import type { OwnEffects } from './own-effects.ts'

/** Where facts go, and who hears of those that became durable. */
export interface Facts extends Reporter {
  onReported(listener: (event: AgentEvent) => void): () => void
}

/** All that a session works with. */
export interface SessionDeps {
  readonly host: Host
  readonly engine: Engine
  readonly local: LocalDefinitions
  /** Where probes look that read paths; in this process unless told. */
  readonly apart?: Apart | undefined
  readonly facts: Facts
  /** Absent: only what the policy names may be looked at. */
  readonly effects?: OwnEffects
  readonly exercises: readonly Exercise[]
  /** The owner's rules as they stand now. */
  policy(): Promise<Policy>
  /** Where exercises get their private folders. */
  readonly scratch: string
  /** Where exercises at work are noted. */
  readonly running?: string
  /** Sends a live sample, if there is a link with room. */
  sample(frame: Extract<AgentFrame, { type: 'sample' }>): void
  warn(message: string, cause: unknown): void
}
