import { errorCatalogue } from '@chaos-lite/shared'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { hashPassword } from '../../src/services/auth/password.ts'
import { administrator, ask, openController } from '../support/controller.ts'

/** What a stranger may reach. The alert address carries its own secret. */
const open = ['GET /', 'GET /healthz', 'POST /api/v1/session', 'POST /api/v1/alerts/:secret']

type Paths = Record<string, Record<string, { security?: unknown }>>

async function documentOf(controller: Awaited<ReturnType<typeof openController>>) {
  const headers = await administrator(controller)
  const { status, body } = await ask(controller, '/api/openapi.json', { headers })
  expect(status).toBe(200)
  return { headers, document: body as { openapi: string; info: object; paths: Paths } }
}

test('however much a network asks for, stopping is never refused for it', async () => {
  const controller = await openController()
  const headers = await administrator(controller)
  // The limit is so many a minute: on a busy machine that many take longer.
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  let status = 200
  for (let asked = 0; asked < 4_000 && status === 200; asked += 1) status = (await ask(controller, '/healthz')).status
  expect(status).toBe(429)
  expect((await ask(controller, 'stop-all', { method: 'POST', headers })).status).toBe(200)
  expect((await ask(controller, 'stop-all', { headers })).status).toBe(200)
  const abort = await ask(controller, `runs/${'0'.repeat(26)}/abort`, { method: 'POST', headers, body: {} })
  expect(abort.status).toBe(404)
})

describe('who may use what', () => {
  test('every endpoint but log-in, health and the alert address refuses a stranger', async () => {
    const controller = await openController()
    const { document } = await documentOf(controller)
    const refused: string[] = []
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) {
        const name = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`
        if (open.includes(name)) continue
        const url = path.replaceAll(/\{\w+\}/g, 'x')
        const answer = await controller.app.inject({ method: method.toUpperCase() as 'GET', url })
        expect({ name, status: answer.statusCode, code: answer.json().code }).toEqual({
          name,
          status: 401,
          code: 'not-logged-in',
        })
        refused.push(name)
      }
    }
    expect(refused.length).toBeGreaterThan(25)
    expect((await ask(controller, '/api/openapi.json')).status).toBe(401)
  })

  test('a viewer looks, an operator drills, an administrator administers', async () => {
    const controller = await openController()
    await administrator(controller)
    const { clientId } = await controller.store.clients.first()
    const passwordHash = await hashPassword('a long enough password')
    const headers: Record<string, Record<string, string>> = {}
    for (const role of ['viewer', 'operator'] as const) {
      const rest = { mustChangePassword: false, sessionEpoch: 0 }
      const userId = `01HZZZZZZZZZZZZZZZZZZZZZ${role === 'viewer' ? 'V' : 'P'}Z`
      await controller.store.users.add({ userId, clientId, name: role, role, passwordHash, ...rest })
      const body = { user: role, password: 'a long enough password' }
      const answer = await ask(controller, 'session', { body, headers: { 'accept-token': 'yes' } })
      headers[role] = { authorization: `Bearer ${answer.body.token}` }
    }
    const statuses = async (role: string) => [
      (await ask(controller, 'hosts', { headers: headers[role] ?? {} })).status,
      (await ask(controller, 'stop-all', { method: 'POST', headers: headers[role] ?? {} })).status,
      (await ask(controller, 'tokens', { body: {}, headers: headers[role] ?? {} })).status,
    ]
    expect(await statuses('viewer')).toEqual([200, 403, 403])
    expect(await statuses('operator')).toEqual([200, 200, 403])
  })

  test('a route that does not say who may use it keeps the controller from starting', async () => {
    const { fastify } = await import('fastify')
    const { session } = await import('../../src/plugins/external/session.ts')
    const { access } = await import('../../src/plugins/own/access.ts')
    const { context } = await openController()
    const app = fastify({ loggerInstance: pino({ level: 'silent' }) })
    await app.register(session, { context })
    await app.register(access, { context })
    expect(() => app.get('/forgotten', () => 'oops')).toThrow('does not say who may use it')
    await app.close()
  })
})

describe('the OpenAPI document', () => {
  test('is version 3.1, names every endpoint of the contract, and refers to nothing that is not there', async () => {
    const { document } = await documentOf(await openController())
    expect(document.openapi).toBe('3.1.0')
    const named = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(named).toEqual(
      expect.arrayContaining([
        ...['GET /healthz', 'GET /metrics', 'POST /api/v1/session', 'GET /api/v1/session', 'DELETE /api/v1/session'],
        ...['POST /api/v1/session/password', 'GET /api/v1/hosts', 'GET /api/v1/hosts/{hostId}'],
        ...[
          'POST /api/v1/hosts/{hostId}/approve',
          'POST /api/v1/hosts/{hostId}/revoke',
          'PUT /api/v1/hosts/{hostId}/labels',
        ],
        ...['POST /api/v1/tokens', 'GET /api/v1/drills', 'GET /api/v1/drills/{name}', 'POST /api/v1/drills/validate'],
        ...['POST /api/v1/plans', 'POST /api/v1/runs', 'GET /api/v1/runs', 'GET /api/v1/runs/{runId}'],
        ...['GET /api/v1/runs/{runId}/record', 'POST /api/v1/runs/{runId}/abort', 'POST /api/v1/runs/{runId}/notes'],
        ...['POST /api/v1/runs/{runId}/answers/{stepId}', 'POST /api/v1/runs/{runId}/acknowledge/{stepId}'],
        ...['POST /api/v1/stop-all', 'GET /api/v1/stop-all', 'POST /api/v1/alerts/{secret}'],
        ...['GET /api/v1/drills/{name}/alert-address', 'GET /api/v1/webhooks', 'POST /api/v1/webhooks'],
        ...['DELETE /api/v1/webhooks/{webhookId}', 'POST /api/v1/webhooks/{webhookId}/test', 'GET /api/v1/incidents'],
      ]),
    )
    const text = JSON.stringify(document)
    for (const [, reference = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = reference.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document)
      expect(target, reference).toBeDefined()
    }
  })
})

describe('errors', () => {
  test('a body that is not as expected says where', async () => {
    const controller = await openController()
    const headers = await administrator(controller)
    const answer = await ask(controller, 'tokens', { headers, body: { validForMs: 5 } })
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'request-invalid', items: [{ where: 'body/validForMs' }] },
    })
    const broken = await ask(controller, 'tokens', {
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"a":',
    })
    expect(broken).toMatchObject({ status: 400, body: { code: 'request-invalid' } })
  })

  test('what is not there is a problem with a sentence', async () => {
    const controller = await openController()
    expect(await ask(controller, '/api/v2/anything')).toMatchObject({ status: 404, body: { code: 'not-found' } })
    expect((await ask(controller, '/../../etc/passwd')).status).toBe(404)
  })

  test('a failure of our own reveals nothing to a stranger', async () => {
    const controller = await openController()
    const headers = await administrator(controller)
    await controller.store.close()
    const answer = await ask(controller, '/healthz', { headers })
    expect(answer.status).toBe(500)
    expect(answer.body.detail).toBe(errorCatalogue.internal.meaning)
  })

  test('a body that is too large is refused', async () => {
    const controller = await openController()
    const body = { user: 'admin', password: 'x'.repeat(600_000) }
    expect((await ask(controller, 'session', { body })).status).toBe(413)
  })
})
