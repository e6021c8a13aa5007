import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Channel } from '../../src/link/channel.ts'
import { type Kept, RelayPort } from '../../src/link/relay-port.ts'
import { Down, Pipe, type Target, Up, wayWithin } from '../../src/pipe/index.ts'

const id = 'ab'.repeat(16)
const hostId = 'h-0123456789abcdef01234567'
const seal = { out: { key: 'ab'.repeat(32), count: 3 }, in: { key: 'cd'.repeat(32), count: 4 } }
const kept: Kept = { hostId, channelId: id, state: 'open', session: 'cd'.repeat(32), extensions: ['words'], seal }
const target: Target = { hostId, controllerUrl: 'https://c.example.test', caPem: null, bootId: 'boot', enrolment: '1' }

/** A port, and relays that do what a test asks of them. */
function portWith(options: { kept?: Kept } = {}) {
  let nowMs = 1_000_000
  const log: string[] = []
  const taken: { channel: Channel; kept: Kept | null; frames: [string, number][]; closed: number[] }[] = []
  const port = new RelayPort({ monoMs: () => nowMs, log: (_level, text) => log.push(text), kept: options.kept ?? null })
  port.onChannel((channel, claimed) => {
    const one = { channel, kept: claimed, frames: [] as [string, number][], closed: [] as number[] }
    taken.push(one)
    channel.listen({ frame: (text, at) => one.frames.push([text, at]), closed: (code) => one.closed.push(code) })
  })
  const relay = () => {
    const [near, far] = wayWithin()
    const sent: [number, string][] = []
    const state = { closed: false }
    const pipe = new Pipe(far, {
      message: (kind, payload) => sent.push([kind, payload.toString()]),
      closed: () => {
        state.closed = true
      },
    })
    port.attach(near)
    return { pipe, far, sent, state, frame: (text: string, atMs = nowMs) => pipe.send(Up.frame, stamped(text, atMs)) }
  }
  return { port, relay, taken, log, advance: (ms: number) => (nowMs += ms), now: () => nowMs }
}

function stamped(text: string, atMs: number): Buffer {
  const bytes = Buffer.alloc(8 + Buffer.byteLength(text))
  bytes.writeDoubleBE(atMs, 0)
  bytes.write(text, 8)
  return bytes
}

test('the relay is sent where the controller is as soon as that is known, and not before', async () => {
  const { port, relay } = portWith()
  const { sent } = relay()
  await new Promise((resolve) => setImmediate(resolve))
  expect(sent).toEqual([])
  port.point(target)
  await expect.poll(() => sent).toEqual([[Down.target, JSON.stringify(target)]])
  port.point(null)
  await expect.poll(() => sent.at(-1)).toEqual([Down.target, 'null'])
})

test('frames go both ways on a connection that was opened', async () => {
  const { relay, taken } = portWith()
  const { pipe, frame, sent } = relay()
  pipe.send(Up.opened, id)
  frame('{"type":"pending"}', 999_999)
  await expect.poll(() => taken[0]?.frames).toEqual([['{"type":"pending"}', 999_999]])
  taken[0]?.channel.send('hello')
  taken[0]?.channel.announce('open')
  await expect
    .poll(() => sent)
    .toEqual([
      [Down.frame, 'hello'],
      [Down.state, 'open'],
    ])
})

test('a stamp can make a frame older, but never younger than it is', async () => {
  const { relay, taken, now } = portWith()
  const { pipe, frame } = relay()
  pipe.send(Up.opened, id)
  for (const atMs of [now() - 500, now() + 60_000, Number.POSITIVE_INFINITY, Number.NaN]) frame('x', atMs)
  await expect.poll(() => taken[0]?.frames.map(([, at]) => at - now())).toEqual([-500, 0, 0, 0])
})

test('a connection that was closed is over once, whatever still comes', async () => {
  const { relay, taken } = portWith()
  const { pipe, frame } = relay()
  pipe.send(Up.opened, id)
  pipe.send(Up.closed, '4403')
  pipe.send(Up.closed, '4400')
  frame('late')
  await expect.poll(() => taken[0]?.closed).toEqual([4403])
  expect(taken[0]?.frames).toEqual([])
})

test('a new connection ends the one before it', async () => {
  const { relay, taken } = portWith()
  const { pipe } = relay()
  pipe.send(Up.opened, id)
  pipe.send(Up.opened, 'ef'.repeat(16))
  await expect.poll(() => taken.map(({ closed }) => closed.length)).toEqual([1, 0])
})

test('when the relay dies, its connection is over', async () => {
  const { relay, taken } = portWith()
  const { pipe, far } = relay()
  pipe.send(Up.opened, id)
  await expect.poll(() => taken.length).toBe(1)
  far.destroy()
  await expect.poll(() => taken[0]?.closed.length).toBe(1)
})

test('a second relay is turned away while the first is there, and let in after it', async () => {
  const { relay, taken } = portWith()
  const first = relay()
  first.pipe.send(Up.opened, id)
  const second = relay()
  await expect.poll(() => second.state.closed).toBe(true)
  expect(first.state.closed).toBe(false)
  first.pipe.end()
  await expect.poll(() => first.state.closed).toBe(true)
  const third = relay()
  third.pipe.send(Up.opened, id)
  await expect.poll(() => taken.length).toBe(2)
})

test.each([
  ['an unknown kind', 77, Buffer.from('rm -rf /')],
  ['a kind of the other direction', Down.target, Buffer.from('null')],
  ['a connection without a name', Up.opened, Buffer.alloc(0)],
  ['a name that is none', Up.opened, Buffer.from('../../etc/passwd')],
  ['a name with a line end', Up.resumed, Buffer.from(`${id}\n`)],
  ['a frame without a stamp', Up.frame, Buffer.from('short')],
  ['a close code in words', Up.closed, Buffer.from('goodbye')],
  ['a look with a message', Up.look, Buffer.from('look here')],
])('%s is refused, and whoever sent it waits a moment before it is heard again', async (_, kind, payload) => {
  const { relay, log, advance } = portWith()
  const one = relay()
  one.pipe.send(kind, payload)
  await expect.poll(() => one.state.closed).toBe(true)
  expect(log.join()).toContain('turned away')
  expect(log.join()).not.toContain('rm -rf')
  const soon = relay()
  await expect.poll(() => soon.state.closed).toBe(true)
  advance(1_001)
  const later = relay()
  later.pipe.send(Up.look)
  await new Promise((resolve) => setImmediate(resolve))
  expect(later.state.closed).toBe(false)
})

test('more messages than any relay needs are refused', async () => {
  const { relay, log } = portWith()
  const one = relay()
  for (let n = 0; n < 3_000; n += 1) one.pipe.send(Up.look)
  await expect.poll(() => one.state.closed).toBe(true)
  expect(log.join()).toContain('too many messages')
})

test('whatever bytes come, the port goes on: the next relay is served', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 8 }), async (chunks) => {
      const { relay, taken, advance } = portWith()
      const hostile = relay()
      for (const chunk of chunks) hostile.far.write(Buffer.from(chunk))
      hostile.far.destroy()
      await expect.poll(() => hostile.state.closed, { interval: 1 }).toBe(true)
      await new Promise((resolve) => setImmediate(resolve))
      advance(2_000)
      const before = taken.length
      relay().pipe.send(Up.opened, id)
      await expect.poll(() => taken.length, { interval: 1 }).toBe(before + 1)
    }),
    { numRuns: 40 },
  )
})

test('a connection that was kept is taken up again by its name, once', async () => {
  const { port, relay, taken } = portWith({ kept })
  expect(port.unclaimed).toEqual(kept)
  const { pipe, sent } = relay()
  pipe.send(Up.resumed, id)
  await expect.poll(() => taken[0]?.kept).toEqual(kept)
  expect(port.unclaimed).toBeNull()
  pipe.send(Up.resumed, id)
  await expect.poll(() => sent).toContainEqual([Down.close, '1001'])
  expect(taken).toHaveLength(1)
})

test('a connection of another name is closed, and what was kept stays for its own', async () => {
  const { port, relay, taken } = portWith({ kept })
  const stranger = relay()
  stranger.pipe.send(Up.resumed, 'ef'.repeat(16))
  await expect.poll(() => stranger.sent).toContainEqual([Down.close, '1001'])
  expect(taken).toEqual([])
  expect(port.unclaimed).toEqual(kept)
})

test('a fresh connection makes what was kept worthless', async () => {
  const { port, relay, taken } = portWith({ kept })
  relay().pipe.send(Up.opened, id)
  await expect.poll(() => taken[0]?.kept).toBeNull()
  expect(port.unclaimed).toBeNull()
})

test('while nobody serves a controller, connections are closed', async () => {
  const { port, relay } = portWith()
  port.onChannel(null)
  const { pipe, sent } = relay()
  pipe.send(Up.opened, id)
  await expect.poll(() => sent).toContainEqual([Down.close, '1001'])
})

test('the relay is asked to go on alone with the number of messages that were seen', async () => {
  const { port, relay, taken } = portWith()
  const { pipe, sent } = relay()
  pipe.send(Up.opened, id)
  pipe.send(Up.look)
  await expect.poll(() => pipe.sent === 2 && taken.length === 1).toBe(true)
  await new Promise((resolve) => setImmediate(resolve))
  const resting = port.rest()
  await expect.poll(() => sent.at(-1)).toEqual([Down.rest, '2'])
  pipe.end()
  expect(await resting).toBe(true)
  expect(taken[0]?.closed).toEqual([0])
})

test('a relay that has something to say keeps the process awake', async () => {
  const { port, relay } = portWith()
  const { pipe } = relay()
  pipe.send(Up.opened, id)
  const resting = port.rest()
  pipe.send(Up.look)
  expect(await resting).toBe(false)
})

test('what is said while the relay is asked waits for its answer, and goes out when it is no', async () => {
  const { port, relay, taken } = portWith()
  const { pipe, sent } = relay()
  pipe.send(Up.opened, id)
  await expect.poll(() => taken.length).toBe(1)
  const resting = port.rest()
  taken[0]?.channel.send('meanwhile')
  await expect.poll(() => sent.map(([kind]) => kind)).toContain(Down.rest)
  expect(sent.map(([, text]) => text)).not.toContain('meanwhile')
  pipe.send(Up.look)
  expect(await resting).toBe(false)
  await expect.poll(() => sent.at(-1)).toEqual([Down.frame, 'meanwhile'])
})

test('without a relay there is nobody to ask', async () => {
  const { port } = portWith()
  expect(await port.rest()).toBe(true)
})
