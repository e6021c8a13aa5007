import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { LiveFrame } from '@chaos-lite/shared/api'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { makeHostViews } from '../../../src/services/host-views.ts'
import { makeLive } from '../../../src/services/live/live.ts'
import { anchoredClock } from '../../../src/time/clock.ts'
import { aController } from '../support/a-controller.ts'

/** A watcher of all that happens to this client, over a real socket. */
async function watched(it: Awaited<ReturnType<typeof aController>>) {
  const deps = { store: it.store, gateway: it.fleet, runBook: it.book, clock: anchoredClock() }
  const live = makeLive({ ...deps, hosts: makeHostViews(deps), log: pino({ level: 'silent' }) })
  const client = { clientId: it.clientId, name: 'First' }
  const identity = {
    ...{ userId: it.clientId, name: 'anna', role: 'operator' as const, mustChangePassword: false, sessionEpoch: 0 },
    ...{ clients: [client], clientId: it.clientId, expiresMs: Date.now() + 60_000, logInHash: 'x' },
  }
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  server.on('connection', (socket) => live.accept(socket, identity))
  await once(server, 'listening')
  const ws = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const held: [string, string | null][] = []
  ws.on('message', (data) => {
    const frame = LiveFrame.parse(JSON.parse(String(data)))
    if (frame.type === 'host') held.push([frame.host.name, frame.host.busyRunId])
  })
  await once(ws, 'open')
  onTestFinished(async () => {
    ws.terminate()
    await live.close()
    server.close()
  })
  return held
}

test('watchers see at once that a run holds its hosts, and that it holds them no more', async () => {
  const it = await aController()
  onTestFinished(() => it.store.close())
  const held = await watched(it)
  let runId = ''
  it.web.onInjected = () => void it.runs.abort(runId, 'anna', 'seen enough')
  runId = (await it.startIt()).runId
  await expect.poll(() => held).toContainEqual(['web-1', runId])
  expect(held).toContainEqual(['ws-1', runId])
  const freed = () => held.flatMap(([name, run]) => (run === null ? [name] : []))
  await expect.poll(freed).toEqual(expect.arrayContaining(['web-1', 'ws-1']))
})
