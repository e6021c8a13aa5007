import { CloseCode, MAX_FRAME_BYTES, NOTHING_KNOWN } from '@chaos-lite/shared'
import { expect, test, vi } from 'vitest'
import { FactSender, framesOf } from '../../src/link/fact-sender.ts'
import { createOutbox, type Outbox } from '../../src/outbox/index.ts'
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
  const second = await controller.welcome({ epoch: agent.outbox.epoch, seq: 1 })
  expect(numbers(await second.facts(2))).toEqual([2, 3])
})

test('a controller that was restored from a backup is sent again what is still here', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  for (let n = 0; n < 4; n++) await agent.outbox.report(refused(n))
  const first = await controller.welcome()
  await first.facts(4)
  first.send({ type: 'ack', cursor: { epoch: agent.outbox.epoch, seq: 3 } })
  await expect.poll(async () => (await everything(agent.outbox)).length).toBe(0)
  first.socket.terminate()
  const second = await controller.welcome({ epoch: agent.outbox.epoch, seq: 0 })
  expect(numbers(await second.facts(3))).toEqual([1, 2, 3])
  second.socket.terminate()
  const third = await controller.welcome()
  expect(numbers(await third.facts(4))).toEqual([0, 1, 2, 3])
  expect(agent.log.join()).toContain('knows less than before')
})

test('a restored controller that knows nothing of this process is offered what earlier ones had reported, first', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  await using earlier = createOutbox({ folder: agent.outboxFolder, clock: { ...clock, bootId: 'an-earlier-boot' } })
  for (let n = 0; n < 3; n++) await earlier.report(refused(n))
  await earlier.close()
  await agent.outbox.report(refused(3))
  const first = await controller.welcome()
  await first.facts(4)
  first.send({ type: 'ack', cursor: { epoch: earlier.epoch, seq: 2 } })
  first.send({ type: 'ack', cursor: { epoch: agent.outbox.epoch, seq: 0 } })
  await expect.poll(async () => (await everything(agent.outbox)).length).toBe(0)
  first.socket.terminate()
  const restored = await controller.welcome(NOTHING_KNOWN)
  const offered = (await restored.facts(4)).map((line) => JSON.parse(line))
  expect(offered.map(({ epoch, seq }) => [epoch === earlier.epoch, seq])).toEqual([
    [true, 0],
    [true, 1],
    [true, 2],
    [false, 0],
  ])
  // It is owed until it is acknowledged, whatever happens to the link.
  restored.socket.terminate()
  const again = await controller.welcome({ epoch: agent.outbox.epoch, seq: 0 })
  expect(numbers(await again.facts(3))).toEqual([0, 1, 2])
  again.send({ type: 'ack', cursor: { epoch: earlier.epoch, seq: 2 } })
  await agent.outbox.report(refused(4))
  expect(numbers(await again.facts(1))).toEqual([1])
  again.socket.terminate()
  const later = await controller.welcome({ epoch: agent.outbox.epoch, seq: 1 })
  await agent.outbox.report(refused(5))
  expect(numbers(await later.facts(1))).toEqual([2])
})

test('a host whose memory was restored from a snapshot begins a new epoch, and reports what it has', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  await agent.outbox.report(refused(0))
  const before = agent.outbox.epoch
  const first = await controller.welcome({ epoch: before, seq: 7 })
  expect(await first.closed).toBe(CloseCode.putBack)
  const second = await controller.peer()
  const hello = await second.prove()
  expect(hello.epoch).not.toBe(before)
  second.send({ type: 'welcome', session: second.session, cursor: null, leaseTtlMs: 10_000 })
  await agent.outbox.report(refused(1))
  const sent = (await second.facts(2)).map((line) => JSON.parse(line))
  expect(sent.map(({ epoch, seq }) => [epoch, seq])).toEqual(
    expect.arrayContaining([
      [before, 0],
      [hello.epoch, 0],
    ]),
  )
})

test('a controller that claims facts nobody wrote again and again is turned away, and fills no disk', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const first = await controller.welcome({ epoch: agent.outbox.epoch, seq: 7 })
  expect(await first.closed).toBe(CloseCode.putBack)
  const renewed = agent.outbox.epoch
  const second = await controller.welcome({ epoch: renewed, seq: 7 })
  expect(await second.closed).toBe(CloseCode.outOfOrder)
  expect(agent.outbox.epoch).toBe(renewed)
})

test('no more than eight megabytes are under way without an acknowledgement', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  const epoch = 'e'.repeat(32)
  let seq = -1
  const large = { ...outbox, onReported: () => () => {}, acknowledge: async () => {}, epoch }
  const read = async () => {
    seq += 1
    return [{ epoch, seq, line: 'x'.repeat(100_000) }]
  }
  const sent: unknown[] = []
  const options = { outbox: { ...large, reader: async () => ({ read }) } as unknown as Outbox, bufferedBytes: () => 0 }
  let hurried = false
  using sender = new FactSender({
    ...options,
    hurried: () => hurried,
    send: (frame) => void sent.push(frame),
    onFalse: (error) => {
      throw error
    },
    onTrouble: (error) => {
      throw error
    },
  })
  await expect.poll(() => sent.length).toBe(84)
  sender.acknowledged({ epoch, seq: 41 })
  await expect.poll(() => sent.length).toBe(126)
  hurried = true
  sender.acknowledged({ epoch, seq: 124 })
  await expect.poll(() => sent.length).toBe(127)
  sender.acknowledged({ epoch, seq: 126 })
  await expect.poll(() => sent.length).toBe(129)
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

const trouble = (code: string) => Object.assign(new Error(`${code}: the disk of this host`), { code })

test.each(['EIO', 'ENOTEMPTY', 'ENOSPC', 'EROFS'])(
  'an acknowledgement that this host cannot take note of (%s) is its own trouble: the link stays, and it is tried again',
  async (code) => {
    await using controller = await FakeController.start()
    await using agent = await linkTo(controller)
    for (let n = 0; n < 3; n++) await agent.outbox.report(refused(n))
    const peer = await controller.welcome()
    await peer.facts(3)
    const acknowledge = vi.spyOn(agent.outbox, 'acknowledge').mockRejectedValueOnce(trouble(code))
    peer.send({ type: 'ack', cursor: { epoch: agent.outbox.epoch, seq: 2 } })
    await expect.poll(() => acknowledge.mock.calls.length).toBeGreaterThan(1)
    await expect.poll(async () => (await everything(agent.outbox)).length).toBe(0)
    await agent.outbox.report(refused(3))
    expect(numbers(await peer.facts(1))).toEqual([3])
    expect(peer.socket.readyState).toBe(peer.socket.OPEN)
    expect(agent.log.join()).toContain('could not take note of an acknowledgement')
    expect(agent.log.join()).not.toMatch(/false acknowledgement|link is closed/)
  },
)

test('an epoch that cannot be removed keeps no acknowledgement of another one waiting', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  await agent.outbox.report(refused(0))
  const acknowledge = agent.outbox.acknowledge.bind(agent.outbox)
  vi.spyOn(agent.outbox, 'acknowledge').mockImplementation(async (cursor) => {
    if (cursor.epoch !== agent.outbox.epoch) throw trouble('ENOTEMPTY')
    await acknowledge(cursor)
  })
  const peer = await controller.welcome()
  await peer.facts(1)
  peer.send({ type: 'ack', cursor: { epoch: 'e'.repeat(32), seq: 0 } })
  peer.send({ type: 'ack', cursor: { epoch: agent.outbox.epoch, seq: 0 } })
  await expect.poll(async () => (await everything(agent.outbox)).length).toBe(0)
  expect(peer.socket.readyState).toBe(peer.socket.OPEN)
})

test('where the controller stands is taken up as soon as the disk of this host allows it', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  await agent.outbox.report(refused(0))
  const resume = vi.spyOn(agent.outbox, 'resume').mockRejectedValueOnce(trouble('EIO'))
  const peer = await controller.welcome()
  expect(numbers(await peer.facts(1))).toEqual([0])
  expect(resume).toHaveBeenCalledTimes(2)
  expect(peer.socket.readyState).toBe(peer.socket.OPEN)
})

test('an outbox that cannot be read for a while loses no fact, and closes no link', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  for (let n = 0; n < 3; n++) await agent.outbox.report(refused(n))
  const reader = vi.spyOn(agent.outbox, 'reader').mockRejectedValueOnce(trouble('EIO'))
  const peer = await controller.welcome()
  expect(numbers(await peer.facts(3))).toEqual([0, 1, 2])
  expect(reader).toHaveBeenCalledTimes(2)
  expect(peer.socket.readyState).toBe(peer.socket.OPEN)
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
