import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SUBPROTOCOL } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { Down, type Target, Up } from '../../src/pipe/index.ts'
import { clockQuestion } from '../../src/relay/carrier.ts'
import { temporaryFolder } from '../outbox/support.ts'
import { relayTo } from './support.ts'

/** A controller that only accepts connections. */
async function listening() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => SUBPROTOCOL })
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const sockets: WebSocket[] = []
  const heard: string[] = []
  server.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('message', (data) => heard.push(String(data)))
  })
  const target: Target = {
    hostId: 'h-0123456789abcdef01234567',
    controllerUrl: `ws://127.0.0.1:${port}`,
    caPem: null,
    bootId: 'boot-of-the-tests',
    enrolment: 'first',
  }
  return {
    target,
    sockets,
    heard,
    get socket(): WebSocket {
      const last = sockets.at(-1)
      if (last === undefined) throw new Error('nobody connected')
      return last
    },
    [Symbol.dispose]() {
      for (const socket of server.clients) socket.terminate()
      server.close()
    },
  }
}

/** A link that stands, with the root part awake. */
async function linked(options: { watched?: readonly string[] } = {}) {
  const controller = await listening()
  const agent = relayTo(controller.target, options)
  await expect.poll(() => agent.roots[0]?.kinds()).toEqual([Up.opened])
  agent.root.pipe.send(Down.state, 'open')
  return {
    controller,
    agent,
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]()
      controller[Symbol.dispose]()
    },
  }
}

/** The same with the root part asleep. */
async function asleep(options: { watched?: readonly string[] } = {}) {
  const all = await linked(options)
  all.agent.root.rest()
  await expect.poll(() => all.agent.root.closed).toBe(true)
  return all
}

test('it asks the root part where to connect, and does not connect before it was answered', async () => {
  using controller = await listening()
  await using agent = relayTo(null)
  agent.world.target = undefined
  await expect.poll(() => agent.roots.length).toBe(1)
  expect(controller.sockets).toEqual([])
  agent.root.point(controller.target)
  await expect.poll(() => controller.sockets.length).toBe(1)
  await expect.poll(() => agent.root.received[0]?.[1]).toMatch(/^[0-9a-f]{32}$/)
})

test('frames pass in both directions as they are', async () => {
  await using all = await linked()
  const { agent, controller } = all
  controller.socket.send('{"type":"challenge","nonce":"ü"}')
  await expect.poll(() => agent.root.frames()).toEqual(['{"type":"challenge","nonce":"ü"}'])
  agent.root.pipe.send(Down.frame, '{"type":"hello"}')
  await expect.poll(() => controller.heard).toEqual(['{"type":"hello"}'])
})

test('a close of the root part reaches the controller with its code', async () => {
  await using all = await linked()
  const closed = once(all.controller.socket, 'close')
  all.agent.root.pipe.send(Down.close, '4401')
  expect((await closed)[0]).toBe(4401)
  await expect.poll(() => all.agent.root.received.at(-1)).toEqual([Up.closed, '4401'])
})

test('after a close it connects again, under another name', async () => {
  await using all = await linked()
  all.controller.socket.close(1001)
  await expect.poll(() => all.agent.root.kinds()).toEqual([Up.opened, Up.closed, Up.opened])
  const [first, , second] = all.agent.root.received
  expect(first?.[1]).not.toBe(second?.[1])
})

test('a binary frame never reaches the root part', async () => {
  await using all = await linked()
  const closed = once(all.controller.socket, 'close')
  all.controller.socket.send(Buffer.from([1, 2, 3]))
  expect((await closed)[0]).toBe(4400)
  expect(all.agent.root.frames()).toEqual([])
})

test('while the root part sleeps, clocks are compared without waking it', async () => {
  await using all = await asleep()
  const { agent, controller } = all
  controller.socket.send('{"type":"clock","id":41}')
  await expect.poll(() => controller.heard.length).toBe(1)
  const reply = JSON.parse(controller.heard[0] ?? '')
  expect(reply).toMatchObject({ type: 'clock', id: 41, bootId: 'boot-of-the-tests' })
  expect(reply.sentMonoMs).toBeGreaterThanOrEqual(reply.receivedMonoMs)
  expect(agent.roots).toHaveLength(1)
})

test('any other frame wakes it, is not lost, and comes after the name of the link that still stands', async () => {
  await using all = await asleep()
  const { agent, controller } = all
  for (const n of [1, 2, 3]) controller.socket.send(`{"type":"command","n":${n}}`)
  await expect.poll(() => agent.roots[1]?.kinds()).toEqual([Up.resumed, Up.frame, Up.frame, Up.frame])
  expect(agent.root.frames()).toEqual([1, 2, 3].map((n) => `{"type":"command","n":${n}}`))
  expect(agent.roots[1]?.received[0]?.[1]).toBe(agent.roots[0]?.received[0]?.[1])
  expect(controller.sockets).toHaveLength(1)
})

test('it does not let the root part rest while something is underway to it', async () => {
  await using all = await linked()
  const { agent, controller } = all
  controller.socket.send('{"type":"command"}')
  await expect.poll(() => agent.root.frames().length).toBe(1)
  agent.root.pipe.send(Down.rest, '1')
  agent.root.pipe.send(Down.frame, 'still here')
  await expect.poll(() => controller.heard).toEqual(['still here'])
  expect(agent.root.closed).toBe(false)
})

test('more than a host at rest is ever sent closes the link instead of filling the memory', async () => {
  await using all = await asleep()
  const { agent, controller } = all
  agent.world.refuse = true
  const closed = once(controller.socket, 'close')
  for (let n = 0; n < 400; n += 1) controller.socket.send('{"type":"command"}')
  expect((await closed)[0]).toBe(1011)
  expect(agent.log.join()).toContain('does not answer')
})

test('a root part that dies takes the link with it: the next one begins with a handshake', async () => {
  await using all = await linked()
  const { agent, controller } = all
  const closed = once(controller.socket, 'close')
  agent.root.stream.destroy()
  await closed
  await expect.poll(() => agent.roots[1]?.kinds()).toEqual([Up.opened])
  expect(controller.sockets).toHaveLength(2)
})

test('a root part that is stopped on purpose is left alone for a while', async () => {
  await using all = await linked()
  const { agent, controller } = all
  agent.root.pipe.send(Down.stopping)
  agent.root.pipe.send(Down.close, '1001')
  await once(controller.socket, 'close')
  agent.root.pipe.end()
  await expect.poll(() => agent.root.closed).toBe(true)
  expect(agent.roots).toHaveLength(1)
  expect(controller.sockets).toHaveLength(1)
})

test('a changed file wakes the root part, or is reported to it when it is awake', async () => {
  await using folder = await temporaryFolder()
  const policy = join(folder.path, 'policy.yaml')
  await writeFile(policy, 'policy: 1\n')
  await using all = await asleep({ watched: [policy] })
  const { agent } = all
  await writeFile(policy, 'policy: 1\nactions: []\n')
  await expect.poll(() => agent.roots[1]?.kinds()).toEqual([Up.resumed])
  await writeFile(policy, 'policy: 1\nactions: [x]\n')
  await expect.poll(() => agent.roots[1]?.kinds()).toEqual([Up.resumed, Up.look])
})

test('another enrolment means another connection, and what was underway on the old one is forgotten', async () => {
  await using all = await linked()
  const { agent, controller } = all
  const closed = once(controller.socket, 'close')
  agent.root.point({ ...controller.target, enrolment: 'second' })
  expect((await closed)[0]).toBe(1001)
  await expect.poll(() => controller.sockets.length).toBe(2)
  await expect.poll(() => agent.root.kinds()).toEqual([Up.opened, Up.opened])
})

test('a revoked host does not come back until it is enrolled again', async () => {
  await using all = await linked()
  const { agent, controller } = all
  controller.socket.close(4403)
  await expect.poll(() => agent.log.join()).toContain('revoked by an administrator')
  expect(controller.sockets).toHaveLength(1)
  agent.root.point({ ...controller.target, enrolment: 'second' })
  await expect.poll(() => controller.sockets.length).toBe(2)
})

test('a host that is enrolled nowhere connects nowhere, until it is', async () => {
  using controller = await listening()
  await using agent = relayTo(null)
  await expect.poll(() => agent.roots.length).toBe(1)
  agent.root.rest()
  await expect.poll(() => agent.root.closed).toBe(true)
  expect(controller.sockets).toEqual([])
})

test('a root part that cannot be reached is tried again', async () => {
  using controller = await listening()
  await using agent = relayTo(controller.target)
  agent.world.refuse = true
  await expect.poll(() => agent.roots.length + agent.log.length).toBeGreaterThan(0)
  agent.world.refuse = false
  await expect.poll(() => agent.roots.at(-1)?.kinds()).toEqual([Up.opened])
})

test('when it is asked to stop it closes the link in good order', async () => {
  await using all = await linked()
  const closed = once(all.controller.socket, 'close')
  all.agent.stop()
  expect((await closed)[0]).toBe(1001)
  await all.agent.relay.ended
})

test.each([
  ['{"type":"clock","id":7}', 7],
  ['{"id":0,"type":"clock"}', 0],
  ['{"type":"clock","id":-1}', null],
  ['{"type":"clock","id":1.5}', null],
  ['{"type":"clock","id":"1"}', null],
  ['{"type":"clock","id":1,"more":1}', null],
  ['{"type":"clock"}', null],
  ['{"type":"lease","id":1}', null],
  ['[1]', null],
  ['null', null],
  ['clock', null],
  [`{"type":"clock","id":1${' '.repeat(100)}}`, null],
])('%s is taken for the question %s', (text, id) => {
  expect(clockQuestion(Buffer.from(text))).toBe(id)
})

test('what the controller does not take is not taken from the root part either', async () => {
  await using all = await linked()
  const { agent, controller } = all
  controller.socket.pause()
  const big = 'x'.repeat(200_000)
  for (let n = 0; n < 60; n += 1) agent.root.pipe.send(Down.frame, big)
  await expect.poll(() => agent.root.pipe.waitingBytes).toBeGreaterThan(0)
  controller.socket.resume()
  await expect.poll(() => controller.heard.length).toBe(60)
  expect(controller.heard.every((text) => text === big)).toBe(true)
})

test('a root part that breaks off while it is being woken is woken again', async () => {
  await using all = await asleep()
  const { agent, controller } = all
  agent.world.target = undefined
  controller.socket.send('{"type":"command"}')
  await expect.poll(() => agent.roots.length).toBe(2)
  agent.world.target = controller.target
  agent.root.stream.destroy()
  await expect.poll(() => agent.roots.at(2)?.kinds()).toEqual([Up.opened])
})

test('frames of a connection that ended while the root part woke are not handed on', async () => {
  await using all = await asleep()
  const { agent, controller } = all
  agent.world.target = undefined
  controller.socket.send('{"type":"command"}')
  await expect.poll(() => agent.roots.length).toBe(2)
  controller.socket.terminate()
  await expect.poll(() => controller.sockets.length).toBe(2)
  agent.root.point(controller.target)
  await expect.poll(() => agent.root.kinds()).toEqual([Up.opened])
})
