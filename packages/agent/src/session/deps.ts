import type { AgentEvent, AgentFrame } from '@chaos-lite/shared'
import type { LocalDefinitions } from '../definitions/index.ts'
import type { Engine } from '../engine/index.ts'
import type { Exercise } from '../exercises/index.ts'
import type { Host } from '../host/index.ts'
import type { Policy } from '../policy/index.ts'
import type { Apart } from '../probes/index.ts'
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
  /** Where probes look that read paths; default: in this process. */
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
