import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Controller, startController } from '@chaos-lite/controller'
import { CloseCode, SUBPROTOCOL } from '@chaos-lite/shared'
import { API } from '@chaos-lite/shared/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'

let folder: string
let controller: Controller

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaos-lite-path-'))
  controller = await startController({ dataFolder: folder, port: 0, logLevel: 'silent' })
})
afterAll(async () => {
  await controller[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** The cookie of an administrator, as a browser would hold it. */
async function cookie(): Promise<string> {
  const body = JSON.stringify({ user: 'admin', password: controller.firstPassword })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${controller.url}${API}/session`, { method: 'POST', headers, body })
  return String(answer.headers.get('set-cookie')).split(';')[0] ?? ''
}

test("no cookie is read or set on the agents' path: an administrator's is a stranger there", async () => {
  const ws = new WebSocket(controller.agentUrl, [SUBPROTOCOL], { headers: { cookie: await cookie() } })
  const opened = once(ws, 'open')
  const [response] = (await once(ws, 'upgrade')) as [IncomingMessage]
  expect(response.headers['set-cookie']).toBeUndefined()
  await opened
  ws.send(JSON.stringify({ type: 'clock', id: 1, bootId: 'b', receivedMonoMs: 1, sentMonoMs: 1, wallMs: 1 }))
  const [code] = await once(ws, 'close')
  expect(code).toBe(CloseCode.outOfOrder)
})

test.each(['null', 'https://evil.example', 'http://127.0.0.1', ''])(
  'a page of %j is turned away before anything is said',
  async (origin) => {
    const ws = new WebSocket(controller.agentUrl, [SUBPROTOCOL], { headers: { origin, cookie: await cookie() } })
    ws.on('error', () => undefined)
    const [, response] = (await once(ws, 'unexpected-response')) as [unknown, IncomingMessage]
    expect(response.statusCode).toBe(403)
    expect(response.headers['set-cookie']).toBeUndefined()
    ws.terminate()
  },
)

test("even a page of the controller's own is turned away: pages have nothing to say to it", async () => {
  const ws = new WebSocket(controller.agentUrl, [SUBPROTOCOL], { origin: controller.url })
  ws.on('error', () => undefined)
  const [, response] = (await once(ws, 'unexpected-response')) as [unknown, IncomingMessage]
  expect(response.statusCode).toBe(403)
  ws.terminate()
})
