import { join } from 'node:path'
import { type AgentEvent, type AgentFrame, type Hardware, type Menu, type Offer, sentenceOf } from '@chaos-lite/shared'
import type { LocalDefinitions } from '../definitions/index.ts'
import type { Engine } from '../engine/index.ts'
import type { Exercise } from '../exercises/index.ts'
import { endExercises } from '../exercises/index.ts'
import { stampsOf, watchFiles } from '../file-watch/index.ts'
import type { Host } from '../host/index.ts'
import { type Identity, readIdentity } from '../identity/index.ts'
import { createInventory } from '../inventory/index.ts'
import { type Door, type Link, type LinkDuties, openCommandLog, RelayPort, startLink } from '../link/index.ts'
import type { Log } from '../log.ts'
import { enrolAgain } from '../net/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Paths } from '../paths.ts'
import type { Policy } from '../policy/index.ts'
import type { Apart } from '../probes/index.ts'
import { agentVersion } from '../version.ts'
import { lookUntil } from '../wait/index.ts'
import { wipeScratch } from './exercise.ts'
import { takeLastRest } from './kept-link.ts'
import type { OwnEffects } from './own-effects.ts'
import { anyPending, untilRest } from './rest.ts'
import { Session } from './session.ts'

/** The parts of the service that has the keys and the rights; the network is on the other side of `door`. */
export interface ServiceOptions {
  readonly paths: Paths
  readonly host: Host
  readonly engine: Engine
  readonly outbox: Outbox
  readonly local: LocalDefinitions
  /** Where probes look that read paths; default: in this process. */
  readonly apart?: Apart | undefined
  readonly effects?: OwnEffects
  readonly exercises: readonly Exercise[]
  readonly menu: Menu
  /** How the relay comes in. */
  readonly door: Door
  /** This process ends when it has nothing to do, and another one goes on where it left off; after so long. */
  readonly rests?: { readonly afterMs?: number } | undefined
  /** What this host is made of; default: nothing is reported of it. */
  readonly hardware?: (signal: AbortSignal) => Promise<Hardware | null>
  policy(): Promise<Policy>
  offers(): Promise<readonly Offer[]>
  readonly log: Log
}

/** The agent's side that serves a controller. */
export interface RunningService extends AsyncDisposable {
  /** For `doctor` and tests: how the link stands, or why there is none. */
  readonly state: Link['state'] | 'not enrolled' | 'revoked'
  readonly session: Session
  /** Resolves when this process is needed no longer; rejects when the signal is aborted before. */
  untilRest(signal: AbortSignal): Promise<void>
}

/** Facts of the last reverts get this long to reach the controller. */
const LAST_FACTS_MS = 2_000

/**
 * Starts serving: reports that the agent started, then lets the relay in, and links to the controller of the identity
 * file, whenever there is one. Enrolling again takes effect without a restart; a revoked host stays quiet until it is
 * enrolled again. To be called after recovery. Disposing it sends what can be sent, and closes the link.
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { paths, host, outbox, log } = options
  await endExercises(paths.running, 'all')
  await wipeScratch(paths.scratch, (message, cause) => log('warn', `${message}: ${sentenceOf(cause)}`))
  const before = await takeLastRest(paths.rest)
  const goesOn = options.rests !== undefined && before.rested
  if (!goesOn) await reportStarted(options)
  const port = new RelayPort({ monoMs: () => host.clock.monoMs(), log, kept: goesOn ? before.link : null })
  const stop = new AbortController()
  let link: Link | null = null
  let state: 'not enrolled' | 'revoked' | null = null
  const session = new Session({
    ...options,
    facts: outbox,
    scratch: paths.scratch,
    running: paths.running,
    sample: (frame: Extract<AgentFrame, { type: 'sample' }>) => link?.sample(frame),
    warn: (message, cause) => log('warn', cause === null ? message : `${message}: ${sentenceOf(cause)}`),
  })
  const commandLog = await openCommandLog(join(paths.state, 'commands.jsonl'))

  const serve: Serving['serve'] = async (identity, enrolment, signal) => {
    const watched = [paths.policy, paths.credentials, paths.repositories, paths.haltFile, paths.bell]
    using inventory = createInventory({ ...options, labels: identity.labels, watched })
    port.onLook(() => inventory.changed())
    const duties: LinkDuties = {
      execute: (order) => session.execute(order),
      get leased() {
        return session.busy
      },
      askLease: () => session.askLease(),
      lease: (grant) => session.lease(grant),
      watch: (runId, on) => session.watch(runId, on),
      linkClosed: () => session.linkClosed(),
      inventory: () => inventory.read(),
      hardware: async () => (await options.hardware?.(signal)) ?? null,
      onInventoryChange: (listener) => inventory.onChange(listener),
    }
    link = startLink({ identity, enrolment, clock: host.clock, outbox, commandLog, duties, port, signal, log })
    return await link.ended
  }

  const working = keepServing({
    identityFile: paths.identity,
    signal: stop.signal,
    serve,
    log,
    onIdle: async (reached) => {
      link = null
      state = reached
      if (reached !== null) await session.leave()
      if (reached === 'not enrolled') port.point(null)
    },
  })
  const door = await options.door((stream) => port.attach(stream))
  return {
    session,
    get state() {
      return state ?? link?.state ?? 'connecting'
    },
    untilRest: (signal) =>
      untilRest(
        {
          ...{ engine: options.engine, outbox, clock: host.clock, port, log, keptFile: paths.rest },
          ...(options.rests?.afterMs === undefined ? {} : { restAfterMs: options.rests.afterMs }),
          link: () => link,
          busy: () => session.busy,
        },
        signal,
      ),
    async [Symbol.asyncDispose]() {
      await session.stop()
      if (link?.state === 'open') await nothingPending(outbox, LAST_FACTS_MS)
      port.stopping()
      stop.abort()
      await working
      port.close()
      await door[Symbol.asyncDispose]()
      await commandLog.close()
    },
  }
}

interface Serving {
  readonly identityFile: string
  readonly signal: AbortSignal
  readonly serve: (identity: Identity, enrolment: string, signal: AbortSignal) => Promise<'stopped' | 'revoked'>
  readonly onIdle: (state: 'not enrolled' | 'revoked' | null) => Promise<void>
  readonly log: ServiceOptions['log']
}

/** Serves under the identity on disk; begins anew when that file becomes another one. */
async function keepServing({ identityFile, signal, serve, onIdle, log }: Serving): Promise<void> {
  while (!signal.aborted) {
    const changed = new AbortController()
    // Taken before the file is read: what is written in between must not be missed.
    const since = await stampsOf([identityFile])
    using _watch = watchFiles([identityFile], () => changed.abort(), { everyMs: 2_000, since })
    const either = AbortSignal.any([signal, changed.signal])
    const identity = await readIdentity(identityFile).then(
      (found) => {
        if (found === null) log('warn', `This host is not enrolled: ${enrolAgain(null)}`)
        return found
      },
      (error: unknown) => {
        log('error', sentenceOf(error))
        return null
      },
    )
    await onIdle(identity === null ? 'not enrolled' : null)
    const ended = identity === null ? null : await serve(identity, since, either)
    if (ended === 'revoked') await onIdle('revoked')
    if (ended !== 'stopped') await aborted(either)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

async function reportStarted({ engine, outbox, log }: ServiceOptions): Promise<void> {
  const { records, unreadable } = await engine.standings()
  const fact: AgentEvent = {
    type: 'agent.started',
    version: agentVersion,
    openRecords: records.length,
    journal: unreadable.length === 0 ? 'readable' : 'unreadable',
    ...(unreadable[0] ? { detail: unreadable[0].reason } : {}),
  }
  await outbox.report(fact).catch((error: unknown) => log('error', sentenceOf(error)))
}

/** Resolves when everything was acknowledged, or the time is up. */
async function nothingPending(outbox: Outbox, withinMs: number): Promise<void> {
  await lookUntil(
    () => anyPending(outbox),
    (pending) => !pending,
    { everyMs: 50, withinMs },
  )
}
