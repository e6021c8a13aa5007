import { rm } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import { expect } from 'vitest'
import { createEngine } from '../../src/engine/create-engine.ts'
import { keyToPem, publicKeyOf, writeIdentity } from '../../src/identity/index.ts'
import { createOutbox } from '../../src/outbox/index.ts'
import { wayWithin } from '../../src/pipe/index.ts'
import { startRelay } from '../../src/relay/index.ts'
import { type RunningService, startService } from '../../src/session/index.ts'
import { definitions } from '../fixtures/local-host.ts'
import { allowAll, toyWorld } from '../fixtures/toy-engine.ts'
import { realClock } from '../fixtures/toy-host.ts'
import { type FakeController, hostId } from '../link/fake-controller.ts'

/** Both parts of an agent, and what systemd does for them: the root part is started when the relay connects. */
export async function splitAgent(controller: FakeController) {
  const world = toyWorld()
  const log: string[] = []
  const write = (_level: string, message: string) => void log.push(message)
  const enrol = (id = hostId) =>
    writeIdentity(world.paths.identity, {
      ...{ format: 1, hostId: id, controllerUrl: controller.url, controllerKey: publicKeyOf(controller.key) },
      ...{ privateKeyPem: keyToPem(controller.hostKey), caPem: null, labels: {}, enrolledMs: 1 },
    })
  await enrol()
  const state = { starts: 0, service: null as RunningService | null }
  const stop = new AbortController()
  let running: Promise<void> | null = null
  let attach: ((stream: Duplex) => void) | null = null
  let way: Duplex | null = null

  const rootPart = async (ready: () => void): Promise<void> => {
    state.starts += 1
    const outbox = createOutbox({ folder: world.paths.outbox, clock: realClock })
    const engine = createEngine({ ...world.deps, reporter: outbox })
    const service = await startService({
      ...{ paths: world.paths, host: world.deps.host, engine, outbox, local: definitions(), exercises: [] },
      menu: { actions: [], probes: [], exercises: [] },
      policy: async () => allowAll,
      offers: async () => [],
      log: write,
      rests: { afterMs: 200 },
      door: async (letIn) => {
        attach = letIn
        ready()
        return { [Symbol.asyncDispose]: async () => {} }
      },
    })
    state.service = service
    await service.untilRest(stop.signal).catch(() => engine.shutdown('shutdown'))
    attach = null
    await service[Symbol.asyncDispose]()
    await engine[Symbol.asyncDispose]()
    await outbox.close()
    state.service = null
  }

  const relay = startRelay({
    ...{ clock: realClock, watched: [], signal: stop.signal, log: write, random: () => 0 },
    async connect() {
      while (attach === null) {
        await running
        await new Promise<void>((resolve) => {
          running = rootPart(resolve)
        })
      }
      const [ours, theirs] = wayWithin()
      way = theirs
      attach(theirs)
      return ours
    },
  })
  return {
    world,
    log,
    state,
    enrol,
    asleep: (withinMs?: number) =>
      expect.poll(() => state.service, withinMs === undefined ? {} : { timeout: withinMs }).toBeNull(),
    /** What the relay sees when the root part dies: the way to it breaks off. */
    breakOff: () => void way?.destroy(),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await relay.ended
      await running
      await rm(world.paths.state, { recursive: true, force: true })
    },
  }
}
