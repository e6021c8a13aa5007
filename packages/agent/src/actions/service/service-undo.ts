import { line } from '@chaos-lite/shared'
import * as z from 'zod'

/** A unit as it was: `role` says why it is touched. */
export const UnitBefore = z.strictObject({
  name: line(256),
  role: z.enum(['service', 'trigger', 'dependent']),
  activeState: line(64),
  subState: line(64),
  enabledState: line(64),
  /** The identity of that start: with it, "runs again" can be distinguished from "still runs". */
  activeSinceMonoUs: z.string().regex(/^\d{1,20}$/),
  startId: line(64),
  stopMs: z.int().min(1),
  startMs: z.int().min(1),
})
export type UnitBefore = z.infer<typeof UnitBefore>

/** How the failure is seen from outside: a port that no longer answers, or a process that is gone. */
export const Seen = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('tcp'), host: line(64), port: z.int().min(1).max(65_535) }),
  z.strictObject({ by: z.literal('process'), name: line(64) }),
  z.strictObject({ by: z.literal('nothing') }),
])
export type Seen = z.infer<typeof Seen>

/**
 * Before: all of `units` as they were. After: the service, its triggers and its dependents do not run. Among the triggers
 * are services that uphold it; among the dependents is everything that the manager stops in the same transaction.
 */
export const ServiceUndo = z.strictObject({
  manager: line(64),
  bootId: line(64),
  units: z.array(UnitBefore).min(1).max(64),
  /** What the manager starts when these stop (`OnSuccess=`); records of version 0.1 do not say. */
  started: z.array(line(256)).max(64).optional(),
  /** What it starts if one of them fails when it is stopped (`OnFailure=`). */
  startedOnFailure: z.array(line(256)).max(64).optional(),
  seen: Seen,
})
export type ServiceUndo = z.infer<typeof ServiceUndo>

/** Triggers go first, or they would start the service again; a socket cannot come back while its service runs. */
export function stopOrder({ units }: ServiceUndo): readonly UnitBefore[] {
  return [...units.filter(({ role }) => role === 'trigger'), ...units.filter(({ role }) => role === 'service')]
}

/** Triggers first: a socket cannot be started while its service runs. Dependents last: they need the service. */
export function startOrder({ units }: ServiceUndo): readonly UnitBefore[] {
  const of = (role: UnitBefore['role']) => units.filter((unit) => unit.role === role)
  return [...of('trigger'), ...of('service'), ...of('dependent')]
}
