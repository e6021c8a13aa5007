import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { activatedSocket, socketDoor } from '../../src/link/index.ts'
import { temporaryFolder } from '../outbox/support.ts'

test('whoever connects to the socket is let in, until the door is shut', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'agent.sock')
  const ways: Duplex[] = []
  const door = await socketDoor({ path })((way) => ways.push(way))
  const relay = connect(path)
  await once(relay, 'connect')
  await expect.poll(() => ways.length).toBe(1)
  relay.write('hello')
  const [data] = await once(ways[0] ?? relay, 'data')
  expect(String(data)).toBe('hello')
  await door[Symbol.asyncDispose]()
  relay.destroy()
  const [error] = await once(connect(path), 'error')
  expect(String(error)).toMatch(/ENOENT|ECONNREFUSED/)
})

test('the socket that systemd hands over is the third file of this process', () => {
  expect(activatedSocket({ LISTEN_FDS: '1', LISTEN_PID: String(process.pid) })).toEqual({ fd: 3 })
})

test.each([
  ['nothing', {}],
  ['a socket of another process', { LISTEN_FDS: '1', LISTEN_PID: '1' }],
  ['two sockets', { LISTEN_FDS: '2', LISTEN_PID: String(process.pid) }],
])('started with %s it says how it is to be started', (_, environment) => {
  expect(() => activatedSocket(environment)).toThrow(/systemd.*chaos-lite-agent run/)
})
