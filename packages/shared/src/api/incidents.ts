import * as z from 'zod'
import { HostId, line, Ulid, UtcMs } from '../primitives.ts'

/**
 * What should not have happened with a host's identity or its facts. `facts missing`: numbers that never came;
 * `too many facts`: more than one host may add to a run, or send in its time; `put back`: to a snapshot of its memory;
 * `forged frame`: something on the way to it makes, changes, repeats or holds back frames;
 * `store restored`: the controller was restored from a backup, and what it recorded since is lost.
 */
export const IncidentKind = z.enum([
  'key reused',
  'chain broken',
  'facts missing',
  'foreign run',
  'too many facts',
  'duplicate agent',
  'put back',
  'forged frame',
  'store restored',
])
export type IncidentKind = z.infer<typeof IncidentKind>

/** One of them, as the screens show it. Null: it is about no host, or about no fact. */
export const IncidentView = z.object({
  clientId: Ulid,
  hostId: HostId.nullable(),
  hostName: line(253).nullable().default(null),
  kind: IncidentKind,
  epoch: z.string().nullable(),
  seq: z.int().nullable(),
  reason: z.string(),
  atMs: UtcMs,
})
export type IncidentView = z.infer<typeof IncidentView>
