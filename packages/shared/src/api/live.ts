import * as z from 'zod'
import { HostId, Ms, Name, Ulid, UtcMs } from '../primitives.ts'
import { ProbeStatus, ProbeValue, SourcedFact } from '../run/index.ts'
import { HostView, RunRow } from './resources.ts'

/** Where watchers connect: a browser needs its session cookie and our exact origin; a terminal a bearer token. */
export const LIVE_PATH = '/api/v1/live'

/** What a watcher may say. */
export const WatcherFrame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('watch'), runId: Ulid }),
  z.strictObject({ type: z.literal('unwatch'), runId: Ulid }),
])
export type WatcherFrame = z.infer<typeof WatcherFrame>

/**
 * What a watcher hears. After `watch`, all facts so far come in `backlog` frames, then each new fact as it is
 * committed: a watcher who joins late sees the whole run. `sample` is lossy. `host` and `run` keep lists fresh.
 */
export const LiveFrame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('backlog'), runId: Ulid, facts: z.array(SourcedFact), complete: z.boolean() }),
  z.strictObject({ type: z.literal('fact'), runId: Ulid, fact: SourcedFact }),
  z.strictObject({
    type: z.literal('sample'),
    runId: Ulid,
    hostId: HostId,
    probeId: Name,
    atMs: UtcMs,
    tookMs: Ms,
    status: ProbeStatus,
    value: ProbeValue,
  }),
  z.strictObject({ type: z.literal('host'), host: HostView }),
  z.strictObject({ type: z.literal('run'), run: RunRow }),
  z.strictObject({ type: z.literal('time'), nowMs: UtcMs }),
])
export type LiveFrame = z.infer<typeof LiveFrame>
