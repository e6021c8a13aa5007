import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { AgentFact, CloseCode } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import { keyToPem, publicKeyOf, writeIdentity } from '../../src/identity/index.ts'
import { innerDoor } from '../../src/link/index.ts'
import { createOutbox } from '../../src/outbox/index.ts'
import { startService } from '../../src/session/index.ts'
import { definitions } from '../fixtures/local-host.ts'
import { allowAll, RUN, toyWorld } from '../fixtures/toy-engine.ts'
import { realClock } from '../fixtures/toy-host.ts'
import { FakeController, hostId } from '../link/fake-controller.ts'

/** The whole serving side of an agent: real engine, outbox, session and link, against a scripted controller. */
async function serving(controller: FakeController, options: { enrolled?: boolean } = {}) {
  const world = toyWorld()
  const outbox = createOutbox({ folder: world.paths.outbox, clock: realClock })
  const { createEngine } = await import('../../src/engine/create-engine.ts')
  const engine = createEngine({ ...world.deps, reporter: outbox })
  const log: string[] = []
  const enrolNow = () =>
    writeIdentity(world.paths.identity, {
      format: 1,
      hostId,
      controllerUrl: controller.url,
      controllerKey: publicKeyOf(controller.key),
      privateKeyPem: keyToPem(controller.hostKey),
      caPem: null,
      labels: { role: 'toy' },
      enrolledMs: 1,
    })
  if (options.enrolled !== false) await enrolNow()
  const service = await startService({
    paths: world.paths,
    host: world.deps.host,
    engine,
    outbox,
    local: definitions(),
    exercises: [],
    menu: { actions: [], probes: [], exercises: [] },
    policy: async () => allowAll,
    offers: async () => [],
    log: (_level, message) => log.push(message),
    door: innerDoor({ clock: realClock, log: (_level, message) => log.push(message) }),
  })
  return {
    world,
    engine,
    outbox,
    service,
    log,
    enrolNow,
    content: () => readFileSync(world.file, 'utf8'),
    async [Symbol.asyncDispose]() {
      await engine.shutdown('shutdown')
      await service[Symbol.asyncDispose]()
      await outbox.close()
      await rm(world.paths.state, { recursive: true, force: true })
    },
  }
}

const typesOf = (lines: readonly string[]) => lines.map((line) => AgentFact.parse(JSON.parse(line)).event.type)

test('the first fact is that the agent started', async () => {
  await using controller = await FakeController.start()
  await using _agent = await serving(controller)
  const peer = await controller.welcome()
  expect(typesOf(await peer.facts(1))).toEqual(['agent.started'])
  expect((await peer.next('inventory')).inventory.labels).toEqual({ role: 'toy' })
})

test('a whole run goes down the link as commands and comes up as facts', async () => {
  await using controller = await FakeController.start()
  await using agent = await serving(controller)
  const peer = await controller.welcome()
  const params = { path: agent.world.file, text: 'after' }
  const step = { stepId: 'one', kind: 'inject', name: 'toy.write', params, holdMs: 60_000 } as const
  const prepared = await peer.answerTo(peer.command({ name: 'prepare', steps: [step], probes: [] }))
  const planned = prepared.ok ? prepared.prepared?.steps[0] : undefined
  if (!planned?.ok) throw new Error('not prepared')
  await peer.answerTo(peer.command({ name: 'run.open', runId: RUN, onLinkLoss: 'revert', probes: [] }))
  const inject = {
    name: 'inject',
    runId: RUN,
    stepId: 'one',
    action: 'toy.write',
    params,
    holdMs: 60_000,
    effectWaitMs: 0,
    onLinkLoss: 'revert',
    explanationDigest: planned.digest,
  } as const
  expect(await peer.answerTo(peer.command(inject))).toMatchObject({ ok: true })
  expect(agent.content()).toBe('after')
  expect((await peer.grant(10_000)).runId).toBe(RUN)
  await peer.answerTo(peer.command({ name: 'run.close', runId: RUN }))
  expect(agent.content()).toBe('before')
  expect(typesOf(await peer.facts(6))).toEqual([
    'agent.started',
    'inject.armed',
    'inject.begun',
    'inject.injected',
    'revert.begun',
    'revert.ended',
  ])
})

test('a host that is not enrolled waits, and links as soon as it is', async () => {
  await using controller = await FakeController.start()
  await using agent = await serving(controller, { enrolled: false })
  await expect.poll(() => agent.service.state).toBe('not enrolled')
  await agent.enrolNow()
  const peer = await controller.welcome()
  await peer.next('inventory')
})

test('a revoked host rolls back at once what it holds, and stays quiet', async () => {
  await using controller = await FakeController.start()
  await using agent = await serving(controller)
  const peer = await controller.welcome()
  await peer.answerTo(peer.command({ name: 'run.open', runId: RUN, onLinkLoss: 'hold', probes: [] }))
  await agent.engine.inject(agent.world.request({ onLinkLoss: 'hold' }))
  peer.socket.close(CloseCode.hostRevoked)
  await expect.poll(() => agent.content()).toBe('before')
  await expect.poll(() => agent.service.state).toBe('revoked')
  expect(agent.log.join()).toContain('revoked by an administrator')
})

test('a revoked host that is enrolled again links again, without a restart', async () => {
  await using controller = await FakeController.start()
  await using agent = await serving(controller)
  const first = await controller.welcome()
  first.socket.close(CloseCode.hostRevoked)
  await expect.poll(() => agent.service.state).toBe('revoked')
  await agent.enrolNow()
  const second = await controller.welcome()
  await second.next('inventory')
})

test('when the agent stops, the facts of the last reverts are sent before the link closes', async () => {
  await using controller = await FakeController.start()
  const agent = await serving(controller)
  const peer = await controller.welcome()
  await agent.engine.inject(agent.world.request())
  const stopping = agent[Symbol.asyncDispose]()
  const types = typesOf(await peer.facts(6))
  expect(types.at(-1)).toBe('revert.ended')
  await stopping
  expect(await peer.closed).toBe(CloseCode.shuttingDown)
})

test('a damaged identity is reported, and serving waits for a better one', async () => {
  await using controller = await FakeController.start()
  await using agent = await serving(controller, { enrolled: false })
  const { writeFile } = await import('node:fs/promises')
  await writeFile(agent.world.paths.identity, '{', { mode: 0o600 })
  await expect.poll(() => agent.log.join()).toContain('is damaged')
  await agent.enrolNow()
  await controller.welcome()
})
