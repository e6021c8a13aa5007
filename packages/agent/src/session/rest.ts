import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { sentenceOf } from '@chaos-lite/shared'
import type { Engine } from '../engine/index.ts'
import type { HostClock } from '../host/index.ts'
import type { Kept, Link, RelayPort } from '../link/index.ts'
import type { Log } from '../log.ts'
import type { Outbox } from '../outbox/index.ts'
import { leaveRest, takeBackRest } from './kept-link.ts'

/** What decides whether this process may end because it has nothing to do. */
export interface RestOptions {
  readonly engine: Pick<Engine, 'standings'>
  readonly outbox: Pick<Outbox, 'reader'>
  readonly clock: Pick<HostClock, 'monoMs'>
  readonly port: RelayPort
  readonly keptFile: string
  /** Null while there is none, as on a host that is not enrolled. */
  readonly link: () => Link | null
  /** A run is open, or is being closed. */
  readonly busy: () => boolean
  readonly log: Log
  readonly restAfterMs?: number
}

/** So long nothing was heard and nothing was to be done. */
const REST_AFTER_MS = 5_000
const LOOK_EVERY_MS = 1_000

/**
 * Resolves when this process is needed no longer: nothing is held, no run is open, no order is at work, every fact is
 * stored by the controller, and the relay goes on alone. Rejects with the signal's reason when it is aborted before.
 */
export async function untilRest(options: RestOptions, signal: AbortSignal): Promise<void> {
  const { clock, port, keptFile, link, log, restAfterMs = REST_AFTER_MS } = options
  let busyMs = clock.monoMs()
  for (;;) {
    await sleep(Math.min(LOOK_EVERY_MS, restAfterMs), null, { signal })
    if (await somethingToDo(options)) busyMs = clock.monoMs()
    if (clock.monoMs() - Math.max(busyMs, port.heardMonoMs) < restAfterMs) continue
    try {
      // Before the relay is asked: it may wake the next process in the same moment.
      const kept = keptOf(link(), port)
      await leaveRest(keptFile, kept)
      // A frame that came or went meanwhile is not counted in what was left.
      if (isDeepStrictEqual(keptOf(link(), port), kept) && (await port.rest())) return
      await takeBackRest(keptFile)
    } catch (error) {
      log('warn', `This process cannot go to rest: ${sentenceOf(error)}`)
      busyMs = clock.monoMs()
    }
  }
}

function keptOf(link: Link | null, port: RelayPort): Kept | null {
  return link?.kept ?? port.unclaimed
}

async function somethingToDo({ engine, outbox, link, busy }: RestOptions): Promise<boolean> {
  const now = link()
  if (busy() || now?.quiet === false) return true
  const { records } = await engine.standings()
  // What is stuck is tried again from time to time, by this process.
  if (records.length > 0) return true
  return now?.state === 'open' && (await anyPending(outbox))
}

/** Are there facts that the controller has not stored? */
export async function anyPending(outbox: Pick<Outbox, 'reader'>): Promise<boolean> {
  const reader = await outbox.reader().catch(() => null)
  const waiting = await reader?.read({ facts: 1, bytes: 1 }).catch(() => [])
  return waiting !== undefined && waiting.length > 0
}
