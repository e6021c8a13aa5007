import {
  AGENT_PATH,
  type AgentEvent,
  AgentFact,
  CloseCode,
  MAX_FRAME_BYTES,
  type Order,
  SUBPROTOCOL,
} from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import { makeKey } from '../../src/identity/keys.ts'
import { refused } from '../outbox/support.ts'
import { FakeController, hostId, type Peer } from './fake-controller.ts'
import { linkTo } from './support.ts'

const runId = '01JD0000000000000000000000'
const close: Order = { name: 'run.close', runId }
const open: Order = { name: 'run.open', runId, onLinkLoss: 'revert', probes: [] }

test('the agent says hello, both sides prove themselves, and the inventory follows the welcome', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  expect((await peer.next('inventory')).inventory.hostname).toBe('test')
  expect(peer.socket.protocol).toBe(SUBPROTOCOL)
  expect(AGENT_PATH).toBe('/agent')
  await expect.poll(() => agent.link.state).toBe('open')
})

test('a host that waits for approval stays connected and is let in later', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.peer()
  await peer.prove()
  peer.send({ type: 'pending', message: 'An administrator must approve this host' })
  await expect.poll(() => agent.link.state).toBe('pending')
  peer.send({ type: 'welcome', session: peer.session, cursor: null, leaseTtlMs: 10_000 })
  await peer.next('inventory')
})

test('a controller that signs with another key than the pinned one is left with notAuthenticated', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.peer()
  await peer.prove(makeKey())
  expect(await peer.closed).toBe(CloseCode.notAuthenticated)
  await expect.poll(() => agent.log.join()).toContain('did not prove its identity')
})

test.each([
  ['text that is not JSON', 'hello', CloseCode.malformedFrame],
  ['a frame of unknown type', '{"type":"run","command":"reboot"}', CloseCode.malformedFrame],
  ['a frame with a key too many', '{"type":"clock","id":1,"extra":true}', CloseCode.malformedFrame],
  ['a binary frame', Buffer.from('{"type":"clock","id":1}'), CloseCode.malformedFrame],
  ['a frame longer than 256 KiB', 'x'.repeat(MAX_FRAME_BYTES + 1), CloseCode.frameTooLarge],
  [
    'a second welcome',
    JSON.stringify({ type: 'welcome', session: 'a'.repeat(64), cursor: null, leaseTtlMs: 1 }),
    CloseCode.outOfOrder,
  ],
  [
    'a challenge out of its place',
    JSON.stringify({
      ...{ type: 'challenge', nonce: 'a'.repeat(64), agreement: `${'A'.repeat(43)}=` },
      signature: `${'A'.repeat(86)}==`,
    }),
    CloseCode.outOfOrder,
  ],
])('%s closes the link with a code that says why', async (_, frame, code) => {
  await using controller = await FakeController.start()
  await using _agent = await linkTo(controller)
  const peer = await controller.welcome()
  if (typeof frame === 'string') peer.sendSealed(frame)
  else peer.sendRaw(frame)
  expect(await peer.closed).toBe(code)
})

test.each(['ack', 'command', 'lease', 'clock', 'watch', 'welcome'])(
  '%s before the handshake is done closes the link as out of order',
  async (type) => {
    await using controller = await FakeController.start()
    await using agent = await linkTo(controller)
    const peer = await controller.peer()
    const frames = {
      ack: { type: 'ack', cursor: { epoch: 'a'.repeat(32), seq: 1 } },
      command: { type: 'command', payload: '{}', signature: `${'A'.repeat(86)}==` },
      lease: { type: 'lease', runId, ask: 1, ttlMs: 1 },
      clock: { type: 'clock', id: 1 },
      watch: { type: 'watch', runId, on: true },
      welcome: { type: 'welcome', session: 'a'.repeat(64), cursor: null, leaseTtlMs: 1 },
    }
    peer.sendRaw(JSON.stringify(frames[type as keyof typeof frames]))
    expect(await peer.closed).toBe(CloseCode.outOfOrder)
    expect(agent.duties.leases).toEqual([])
  },
)

test.each<[string, (peer: Peer) => void]>([
  ['no seal', (peer) => peer.sendRaw(JSON.stringify({ type: 'watch', runId, on: true }))],
  ['a seal that was made up', (peer) => peer.sendRaw(`${'A'.repeat(43)}{"type":"watch","runId":"${runId}","on":true}`)],
  [
    'the seal of the frame before it',
    (peer) => {
      const frame = peer.seal?.close('{"type":"clock","id":1}') ?? ''
      peer.sendRaw(frame)
      peer.sendRaw(frame)
    },
  ],
  [
    'a seal that counts a frame that never came',
    (peer) => {
      peer.seal?.close('{"type":"clock","id":1}')
      peer.sendSealed('{"type":"clock","id":2}')
    },
  ],
])('a frame with %s closes the link, does nothing, and is a fact', async (_, forge) => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const reported: AgentEvent[] = []
  agent.outbox.onReported((event) => reported.push(event))
  const peer = await controller.welcome()
  forge(peer)
  expect(await peer.closed).toBe(CloseCode.brokenSeal)
  expect(agent.duties.watches).toEqual([])
  await expect.poll(() => reported).toMatchObject([{ type: 'refused', command: 'frame', code: 'command-forged' }])
  // Whoever carries the frames may be another one next time: the agent is back at once.
  await controller.welcome()
})

test('a frame that could only come sealed is not taken for a comparison of clocks', async () => {
  await using controller = await FakeController.start()
  await using _agent = await linkTo(controller)
  const peer = await controller.welcome()
  peer.send({ type: 'clock', id: 1 })
  await peer.next('clock')
  peer.sendRaw('{"type":"clock","id":1,"extra":true}')
  expect(await peer.closed).toBe(CloseCode.brokenSeal)
})

test('more frames than any controller needs close the link', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  agent.stopClock()
  for (let id = 0; id < 5000; id++) peer.send({ type: 'watch', runId, on: true })
  expect(await peer.closed).toBe(CloseCode.tooManyFrames)
})

test('after a close the agent comes back by itself', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const first = await controller.welcome()
  await first.next('inventory')
  first.socket.close(CloseCode.shuttingDown)
  const second = await controller.welcome()
  await second.next('inventory')
  expect(agent.duties.closedLinks).toBe(1)
})

test('a revoked host stops for good and says so', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  peer.socket.close(CloseCode.hostRevoked)
  expect(await agent.link.ended).toBe('revoked')
  expect(agent.log.join()).toContain('revoked by an administrator')
  expect(agent.link.state).toBe('ended')
})

test('stopping closes the link in good order', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  agent.stop()
  expect(await peer.closed).toBe(CloseCode.shuttingDown)
  expect(await agent.link.ended).toBe('stopped')
})

test('a clock frame is answered at once with two readings of the monotonic clock', async () => {
  await using controller = await FakeController.start()
  await using _agent = await linkTo(controller)
  const peer = await controller.welcome()
  peer.send({ type: 'clock', id: 41 })
  const reply = await peer.next('clock')
  expect(reply.id).toBe(41)
  expect(reply.bootId).toBe('boot-of-the-tests')
  expect(reply.sentMonoMs).toBeGreaterThanOrEqual(reply.receivedMonoMs)
})

test('leases and watches are handed on', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  peer.send({ type: 'lease', runId, ask: 7, ttlMs: 10_000 })
  peer.send({ type: 'watch', runId, on: true })
  await expect.poll(() => agent.duties.leases).toEqual([[runId, 7, 10_000]])
  await expect.poll(() => agent.duties.watches).toEqual([[runId, true]])
})

test('a changed inventory is sent again', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  await peer.next('inventory')
  agent.duties.inventoryChanged()
  await peer.next('inventory')
})

test('a genuine command is executed and answered', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  expect(await peer.answerTo(peer.command(close))).toEqual({ ok: true, prepared: null })
  expect(agent.duties.orders).toEqual([close])
})

test('a long order does not hold up the frames behind it', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  agent.duties.answer = () => new Promise(() => {})
  const peer = await controller.welcome()
  peer.command(open)
  peer.send({ type: 'clock', id: 7 })
  expect((await peer.next('clock')).id).toBe(7)
})

test('a command that comes a second time is not executed again, and the refusal is a fact', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  const commandId = peer.command(open)
  expect((await peer.answerTo(commandId)).ok).toBe(true)
  peer.command(open, { commandId })
  expect(await peer.answerTo(commandId)).toMatchObject({ ok: false, code: 'wrong-state' })
  expect(agent.duties.orders).toHaveLength(1)
  const [line] = await peer.facts(1)
  expect(AgentFact.parse(JSON.parse(line ?? '')).event).toMatchObject({ type: 'refused', runId, code: 'wrong-state' })
})

test('a command is remembered beyond its connection and beyond the life of the agent', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const first = await controller.welcome()
  const commandId = first.command(open)
  await first.answerTo(commandId)
  first.socket.terminate()
  const second = await controller.welcome()
  second.command(open, { commandId })
  expect(await second.answerTo(commandId)).toMatchObject({ ok: false, code: 'wrong-state' })
  expect(agent.duties.orders).toHaveLength(1)
})

test('a command with a wrong signature is not executed, becomes a fact, and ends the link', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  peer.command(open, { signature: `${'A'.repeat(86)}==` })
  expect(await peer.closed).toBe(CloseCode.notAuthenticated)
  expect(agent.duties.orders).toEqual([])
})

test("a command that was signed for another host is not this host's", async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  peer.command(open, { forHost: hostId.replace('0', 'f') })
  expect(await peer.closed).toBe(CloseCode.notAuthenticated)
  expect(agent.duties.orders).toEqual([])
})

test('a signed command that is no command ends the link', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  peer.command({ name: 'shell', command: 'rm -rf /' } as unknown as Order)
  expect(await peer.closed).toBe(CloseCode.malformedFrame)
  expect(agent.duties.orders).toEqual([])
})

test('a command of another session is refused', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  const commandId = peer.command(open, { session: 'b'.repeat(64) })
  expect(await peer.answerTo(commandId)).toMatchObject({ ok: false, code: 'command-expired' })
  expect(agent.duties.orders).toEqual([])
})

test('a command that may wait no longer is refused as expired', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  const commandId = peer.command(open, { expiresInMs: 0 })
  expect(await peer.answerTo(commandId)).toMatchObject({ ok: false, code: 'command-expired' })
  expect(agent.duties.orders).toEqual([])
})

test('rolling back is never too late', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  const order: Order = { name: 'revert', runId, stepId: null, cause: 'abort' }
  expect(await peer.answerTo(peer.command(order, { expiresInMs: 0 }))).toMatchObject({ ok: true })
  expect(agent.duties.orders).toEqual([order])
})

test('too many orders at once are refused, but rolling back is not', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  agent.duties.answer = (order) =>
    order.name === 'revert' ? Promise.resolve({ ok: true, prepared: null }) : new Promise(() => {})
  const peer = await controller.welcome()
  for (let n = 0; n < 32; n++) peer.command(open)
  expect(await peer.answerTo(peer.command(open))).toMatchObject({ ok: false, code: 'too-many' })
  const revert = peer.command({ name: 'revert', runId, stepId: null, cause: 'abort' })
  expect(await peer.answerTo(revert)).toMatchObject({ ok: true })
})

test('live samples are sent while there is a link and forgotten while there is none', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const sample = { type: 'sample', runId, probeId: 'erp', monoMs: 1, tookMs: 1, status: 'up', value: {} } as const
  agent.link.sample(sample)
  const peer = await controller.welcome()
  await peer.next('inventory')
  agent.link.sample({ ...sample, monoMs: 2 })
  expect((await peer.next('sample')).monoMs).toBe(2)
})

test('a link whose process stood still is taken for dead before anything that waited is read', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  await peer.next('inventory')
  agent.advance(60_000)
  await peer.closed
  expect(agent.log.join()).toContain('stood still')
})

test('a fact is sent as the very bytes that lie on disk', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const peer = await controller.welcome()
  await agent.outbox.report(refused(1, 'Grüße "quoted" \\ 漢字'))
  const [line] = await peer.facts(1)
  const reader = await agent.outbox.reader()
  expect((await reader.read({ facts: 1, bytes: 1 }))[0]?.line).toBe(line)
})
