import { CloseCode, MAX_FRAME_BYTES } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import { framesOf } from '../../src/link/fact-sender.ts'
import { createOutbox } from '../../src/outbox/index.ts'
import { clock, everything, refused, temporaryFolder } from '../outbox/support.ts'
import { FakeController } from './fake-controller.ts'
import { linkTo } from './support.ts'

const numbers = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).seq)

test('facts of before the link was there are sent first, later ones as they come', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  for (let n = 0; n < 3; n++) await agent.outbox.report(refused(n))
  const peer = await controller.welcome()
  expect(numbers(await peer.facts(3))).toEqual([0, 1, 2])
  await agent.outbox.report(refused(3))
  expect(numbers(await peer.facts(1))).toEqual([3])
})

test('an acknowledgement is kept: those facts do not come again', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  for (let n = 0; n < 4; n++) await agent.outbox.report(refused(n))
  const first = await controller.welcome()
  await first.facts(4)
  first.send({ type: 'ack', cursor: { epoch: agent.outbox.epoch, seq: 1 } })
  await expect.poll(async () => (await everything(agent.outbox)).length).toBe(2)
  first.socket.terminate()
  const second = await controller.welcome()
  expect(numbers(await second.facts(2))).toEqual([2, 3])
})

test("after a new connection the facts go on from the controller's cursor", async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  for (let n = 0; n < 5; n++) await agent.outbox.report(refused(n))
  const first = await controller.welcome()
  await first.facts(5)
  first.socket.terminate()
  const second = await controller.welcome({ epoch: agent.outbox.epoch, seq: 2 })
  expect(numbers(await second.facts(2)).at(-1)).toBe(4)
  await expect.poll(async () => (await everything(agent.outbox)).map(({ seq }) => seq)).toEqual([3, 4])
})

test('facts without an acknowledgement come again, unchanged, after a new connection', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  for (let n = 0; n < 5; n++) await agent.outbox.report(refused(n))
  const first = await controller.welcome()
  const before = await first.facts(5)
  first.socket.terminate()
  const second = await controller.welcome()
  expect(await second.facts(5)).toEqual(before)
})

test('an acknowledgement of facts that were never written ends the link', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  await agent.outbox.report(refused(0))
  const peer = await controller.welcome()
  await peer.facts(1)
  peer.send({ type: 'ack', cursor: { epoch: agent.outbox.epoch, seq: 99 } })
  expect(await peer.closed).toBe(CloseCode.outOfOrder)
  expect(await everything(agent.outbox)).toHaveLength(1)
})

test('an acknowledgement of an unknown epoch changes nothing', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  await agent.outbox.report(refused(0))
  const peer = await controller.welcome()
  await peer.facts(1)
  peer.send({ type: 'ack', cursor: { epoch: 'e'.repeat(32), seq: 3 } })
  peer.send({ type: 'clock', id: 1 })
  await peer.next('clock')
  expect(await everything(agent.outbox)).toHaveLength(1)
})

test('what another process reported is found and sent, in frames of its own epoch', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  await agent.outbox.report(refused(0))
  const peer = await controller.welcome()
  await peer.facts(1)
  await using revert = createOutbox({ folder: agent.outboxFolder, clock })
  await revert.report(refused(7))
  const [line] = await peer.facts(1)
  expect(JSON.parse(line ?? '').epoch).toBe(revert.epoch)
  peer.send({ type: 'ack', cursor: { epoch: revert.epoch, seq: 0 } })
  await expect
    .poll(async () => (await everything(agent.outbox)).map(({ epoch }) => epoch))
    .toEqual([agent.outbox.epoch])
})

test('no more than two thousand facts are under way without an acknowledgement', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  await Promise.all(Array.from({ length: 2500 }, (_, n) => agent.outbox.report(refused(n))))
  const peer = await controller.welcome()
  const first = await peer.facts(2000)
  expect(first).toHaveLength(2000)
  peer.send({ type: 'clock', id: 1 })
  await peer.next('clock')
  peer.send({ type: 'ack', cursor: { epoch: agent.outbox.epoch, seq: 1999 } })
  expect(numbers(await peer.facts(500))[0]).toBe(2000)
})

test('every frame of facts stays below the longest frame, whatever must be escaped in it', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  const nasty = '"\\'.repeat(500)
  await Promise.all(Array.from({ length: 700 }, (_, n) => outbox.report(refused(n, nasty))))
  const frames = framesOf(await everything(outbox))
  expect(frames.flat()).toHaveLength(700)
  for (const lines of frames) {
    expect(Buffer.byteLength(JSON.stringify({ type: 'facts', lines }))).toBeLessThanOrEqual(MAX_FRAME_BYTES)
    expect(lines.length).toBeLessThanOrEqual(500)
  }
})
