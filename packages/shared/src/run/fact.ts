import * as z from 'zod'
import { Digest, HostId, line, UtcMs } from '../primitives.ts'
import { AgentEvent, ControllerEvent, StoreEvent } from './event.ts'

/**
 * When something happened. `monoMs` is the system's monotonic clock, shared by every process of one boot, so that a
 * fact of the failsafe process can be placed on the same time line as the agent's. `wallMs` is what the host's
 * calendar clock said: shown to people, never used to compute a duration where the monotonic clock can be.
 */
export const At = z.strictObject({ bootId: line(64), monoMs: z.int().min(0), wallMs: UtcMs })
export type At = z.infer<typeof At>

/**
 * The order of one source: `epoch` is random at each start, `seq` counts from 0, `prev` is the digest of the line
 * before, and null for the first.
 */
const chain = {
  v: z.literal(1),
  epoch: z.string().regex(/^[0-9a-f]{32}$/),
  seq: z.int().min(0),
  prev: Digest.nullable(),
  at: At,
}

/** A fact as an agent writes it to its outbox. Its JSON text is kept for ever as the exact bytes sent. */
export const AgentFact = z.strictObject({ ...chain, event: AgentEvent })
export type AgentFact = z.infer<typeof AgentFact>

/**
 * A fact of the controller. For these, `at.wallMs` is the controller's own time line: anchored once, then monotonic.
 */
export const ControllerFact = z.strictObject({ ...chain, event: ControllerEvent })
export type ControllerFact = z.infer<typeof ControllerFact>

/** A fact of the controller about its store: in the same chain, and in no run. */
export const StoreFact = z.strictObject({ ...chain, event: StoreEvent })
export type StoreFact = z.infer<typeof StoreFact>

/**
 * A fact with where it came from, as the store hands it out and the reducer takes it. `hostId` null: the controller.
 */
export const SourcedFact = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('agent'), hostId: HostId, fact: AgentFact, receivedMs: UtcMs }),
  z.strictObject({ source: z.literal('controller'), fact: ControllerFact, receivedMs: UtcMs }),
])
export type SourcedFact = z.infer<typeof SourcedFact>

/** The longest line a fact may be. */
export const FACT_MAX_BYTES = 128 * 1024
