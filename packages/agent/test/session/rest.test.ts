import { readdir, readFile } from 'node:fs/promises'
import { AgentFact, type Order } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import { RUN } from '../fixtures/toy-engine.ts'
import { FakeController, hostId, type Peer } from '../link/fake-controller.ts'
import { splitAgent } from './split-agent.ts'

/** Lets the agent in, and stores whatever it reports. */
async function welcomed(controller: FakeController, stored: string[]): Promise<Peer> {
  const peer = await controller.welcome()
  const store = async () => {
    for (;;) {
      const { lines } = await peer.next('facts')
      const facts = lines.map((line) => AgentFact.parse(JSON.parse(line)))
      stored.push(...facts.map(({ event }) => event.type))
      const { epoch, seq } = facts.at(-1) ?? { epoch: '', seq: 0 }
      peer.send({ type: 'ack', cursor: { epoch, seq } })
    }
  }
  void store().catch(() => {})
  await peer.next('inventory')
  return peer
}

const close: Order = { name: 'run.close', runId: RUN }
const open: Order = { name: 'run.open', runId: RUN, onLinkLoss: 'revert', probes: [] }

test('an idle root part goes to rest, and the link stays open', async () => {
  await using controller = await FakeController.start()
  await using agent = await splitAgent(controller)
  const stored: string[] = []
  const peer = await welcomed(controller, stored)
  // On a busy machine it may have gone to rest before, too.
  const { starts } = agent.state
  await agent.asleep()
  expect(peer.socket.readyState).toBe(peer.socket.OPEN)
  expect(stored).toEqual(['agent.started'])
  expect(agent.state.starts).toBe(starts)
})

test('a command wakes it and is executed in the same session; that it was started again is no news', async () => {
  await using controller = await FakeController.start()
  await using agent = await splitAgent(controller)
  const stored: string[] = []
  const peer = await welcomed(controller, stored)
  await agent.asleep()
  const { starts } = agent.state
  expect(await peer.answerTo(peer.command(close))).toEqual({ ok: true, prepared: null })
  expect(agent.state.starts).toBe(starts + 1)
  await agent.asleep()
  expect(stored).toEqual(['agent.started'])
})

test('a command that came before is refused after the rest as well', async () => {
  await using controller = await FakeController.start()
  await using agent = await splitAgent(controller)
  const peer = await welcomed(controller, [])
  const commandId = peer.command(close)
  expect(await peer.answerTo(commandId)).toMatchObject({ ok: true })
  await agent.asleep()
  peer.command(close, { commandId })
  expect(await peer.answerTo(commandId)).toMatchObject({ ok: false, code: 'wrong-state' })
})

test.each([
  ['a wrong signature', { signature: `${'A'.repeat(86)}==` }, 4401],
  ['a signature for another host', { forHost: 'h-ffffffffffffffffffffffff' }, 4401],
])('a command with %s wakes it and ends the link', async (_, wrong, code) => {
  await using controller = await FakeController.start()
  await using agent = await splitAgent(controller)
  const peer = await welcomed(controller, [])
  await agent.asleep()
  peer.command(open, wrong)
  expect(await peer.closed).toBe(code)
})

test('a command of another session is refused after the rest', async () => {
  await using controller = await FakeController.start()
  await using agent = await splitAgent(controller)
  const peer = await welcomed(controller, [])
  await agent.asleep()
  const commandId = peer.command(open, { session: 'b'.repeat(64) })
  expect(await peer.answerTo(commandId)).toMatchObject({ ok: false, code: 'command-expired' })
})

test('while a run is open it stays, and it goes to rest after the run', async () => {
  await using controller = await FakeController.start()
  await using agent = await splitAgent(controller)
  const peer = await welcomed(controller, [])
  await peer.answerTo(peer.command(open))
  void peer.grant(60_000).catch(() => {})
  await expect(agent.asleep(1_500)).rejects.toThrow()
  expect(agent.state.starts).toBe(1)
  await peer.answerTo(peer.command(close))
  await agent.asleep()
})

test('while a fact is not stored it stays', async () => {
  await using controller = await FakeController.start()
  await using agent = await splitAgent(controller)
  const peer = await controller.welcome()
  const [line = ''] = await peer.facts(1)
  await expect(agent.asleep(1_500)).rejects.toThrow()
  const { epoch, seq } = AgentFact.parse(JSON.parse(line))
  peer.send({ type: 'ack', cursor: { epoch, seq } })
  await agent.asleep()
})

test('without a controller there is nothing to do either', async () => {
  const controller = await FakeController.start()
  await using agent = await splitAgent(controller)
  await controller.peer()
  await controller[Symbol.asyncDispose]()
  await agent.asleep()
})

test('after a rest, a link that broke meanwhile begins with a handshake', async () => {
  await using controller = await FakeController.start()
  await using agent = await splitAgent(controller)
  const stored: string[] = []
  const first = await welcomed(controller, stored)
  await agent.asleep()
  first.socket.terminate()
  const second = await welcomed(controller, stored)
  expect(await second.answerTo(second.command(close))).toMatchObject({ ok: true })
  expect(agent.state.starts).toBe(2)
})

test('what is left behind is for root alone, holds no key of the host, and is taken once', async () => {
  await using controller = await FakeController.start()
  await using agent = await splitAgent(controller)
  const peer = await welcomed(controller, [])
  await agent.asleep()
  const left = await readFile(agent.world.paths.rest, 'utf8')
  expect(JSON.parse(left)).toMatchObject({ format: 1, link: { hostId, state: 'open', session: peer.session } })
  expect(left).not.toContain('PRIVATE')
  await peer.answerTo(peer.command(close))
  expect(await readdir(agent.world.paths.runtime)).not.toContain('rest.json')
})

test('a host that was enrolled again while it slept does not go on with the link of before', async () => {
  await using controller = await FakeController.start()
  await using agent = await splitAgent(controller)
  const peer = await welcomed(controller, [])
  await agent.asleep()
  await agent.enrol('h-ffffffffffffffffffffffff')
  peer.command(close)
  await peer.closed
  const hello = await (await controller.peer()).next('hello')
  expect(hello.hostId).toBe('h-ffffffffffffffffffffffff')
})
