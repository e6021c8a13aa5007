import { describe, expect, test } from 'vitest'
import { administrator, ask, openController } from '../support/controller.ts'

describe('the description of the interface', () => {
  test('names every kind of thing with its methods, for who is logged in', async () => {
    const controller = await openController()
    expect((await ask(controller, '/api/openapi.json')).status).toBe(401)
    const { status, body } = await ask(controller, '/api/openapi.json', { headers: await administrator(controller) })
    expect(status).toBe(200)
    expect(body.openapi).toMatch(/^3\.1/)
    expect(Object.keys(body.paths['/api/v1/schedules'] ?? {}).sort()).toEqual(['get', 'post'])
    for (const path of ['hosts', 'drills', 'plans', 'runs', 'webhooks', 'tokens', 'stop-all', 'session', 'incidents'])
      expect(body.paths).toHaveProperty([`/api/v1/${path}`])
  })
})
