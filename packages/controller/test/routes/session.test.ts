import { describe, expect, test } from 'vitest'
import { administrator, ask, logInWithCookie, logInWithToken, openController, PASSWORD } from '../support/controller.ts'

describe('logging in', () => {
  test('the first password works, and allows nothing but to set an own one', async () => {
    const controller = await openController()
    const { token, mustChangePassword, role } = await logInWithToken(controller, controller.firstPassword ?? '')
    expect({ mustChangePassword, role }).toEqual({ mustChangePassword: true, role: 'administrator' })
    const headers = { authorization: `Bearer ${token}` }
    expect(await ask(controller, 'hosts', { headers })).toMatchObject({ status: 403, body: { code: 'not-allowed' } })
    expect((await ask(controller, 'session', { headers })).status).toBe(200)
    const own = { current: controller.firstPassword ?? '', next: PASSWORD }
    expect((await ask(controller, 'session/password', { headers, body: own })).status).toBe(200)
    const again = await logInWithToken(controller, PASSWORD)
    expect((await ask(controller, 'hosts', { headers: { authorization: `Bearer ${again.token}` } })).status).toBe(200)
  })

  test('a wrong password and an unknown user get the same answer', async () => {
    const controller = await openController()
    const wrong = await ask(controller, 'session', { body: { user: 'admin', password: 'wrong' } })
    const unknown = await ask(controller, 'session', { body: { user: 'nobody', password: 'wrong' } })
    expect(wrong).toMatchObject({ status: 401, body: { code: 'not-logged-in' } })
    expect(unknown.body).toEqual(wrong.body)
    expect(wrong.headers['content-type']).toContain('application/problem+json')
  })

  test('guessing is slowed down after five failures, also for the right password', async () => {
    const controller = await openController()
    const guess = (password: string) => ask(controller, 'session', { body: { user: 'admin', password } })
    for (let n = 0; n < 5; n += 1) expect((await guess('wrong')).status).toBe(401)
    expect(await guess('wrong')).toMatchObject({ status: 429, body: { code: 'too-many' } })
    expect((await guess(controller.firstPassword ?? '')).status).toBe(429)
  })

  test('a browser gets a cookie that scripts and other sites cannot use', async () => {
    const controller = await openController()
    const answer = await ask(controller, 'session', {
      body: { user: 'admin', password: controller.firstPassword ?? '' },
    })
    const cookie = String(answer.headers['set-cookie'])
    expect(cookie).toContain('HttpOnly')
    expect(cookie).toContain('SameSite=Strict')
    expect(cookie).not.toContain('Secure')
    expect(answer.body).not.toHaveProperty('token')
  })

  test('neither the session’s id nor the token lies in the database', async () => {
    const controller = await openController()
    const { token } = await logInWithToken(controller, controller.firstPassword ?? '')
    const { cookie = '' } = await logInWithCookie(controller, controller.firstPassword ?? '')
    const id = decodeURIComponent(cookie.split('=')[1] ?? '').split('.')[0] ?? ''
    expect(await controller.store.logIns.get(token, 0)).toBeNull()
    expect(await controller.store.logIns.get(id, 0)).toBeNull()
    const user = await controller.store.users.byName('admin')
    expect(user?.passwordHash).toMatch(/^scrypt\$/)
  })
})

describe('a session', () => {
  test('by cookie may read without an origin, and may change things only from our own page', async () => {
    const controller = await openController()
    await administrator(controller)
    const { cookie = '', origin = '' } = await logInWithCookie(controller, PASSWORD)
    const token = (headers: Record<string, string>) => ask(controller, 'tokens', { headers, body: {} })
    expect((await ask(controller, 'hosts', { headers: { cookie } })).status).toBe(200)
    expect((await token({ cookie, origin })).status).toBe(201)
    expect(await token({ cookie })).toMatchObject({ status: 403 })
    expect(await token({ cookie, origin: 'http://evil.example' })).toMatchObject({ status: 403 })
    expect(await token({ cookie, origin: `${origin}.evil.example` })).toMatchObject({ status: 403 })
    expect(await token({ cookie, origin: 'null' })).toMatchObject({ status: 403 })
  })

  test('a new id is given at log-in', async () => {
    const controller = await openController()
    const first = await logInWithCookie(controller, controller.firstPassword ?? '')
    const answer = await ask(controller, 'session', {
      headers: first,
      body: { user: 'admin', password: controller.firstPassword ?? '' },
    })
    expect(String(answer.headers['set-cookie']).split(';')[0]).not.toBe(first.cookie)
  })

  test('a changed password ends every other log-in', async () => {
    const controller = await openController()
    const bearer = await administrator(controller)
    const mine = await logInWithCookie(controller, PASSWORD)
    const other = await logInWithCookie(controller, PASSWORD)
    const changed = await ask(controller, 'session/password', {
      headers: mine,
      body: { current: PASSWORD, next: 'another long password' },
    })
    expect(changed).toMatchObject({ status: 200, body: { mustChangePassword: false } })
    const renewed = { cookie: String(changed.headers['set-cookie']).split(';')[0] ?? '' }
    const statuses = await Promise.all(
      [renewed, mine, other, bearer].map(async (headers) => (await ask(controller, 'session', { headers })).status),
    )
    expect(statuses).toEqual([200, 401, 401, 401])
  })

  test('a wrong current password is said where it was given, and ends no log-in', async () => {
    const controller = await openController()
    const { cookie = '', origin = '' } = await logInWithCookie(controller, controller.firstPassword ?? '')
    const headers = { cookie, origin }
    const body = { current: 'wrong', next: 'another long password' }
    const refused = await ask(controller, 'session/password', { headers, body })
    // 401 would say that nobody is logged in.
    expect(refused).toMatchObject({ status: 403, body: { detail: 'The current password is wrong.' } })
    expect(await ask(controller, 'session', { headers })).toMatchObject({
      status: 200,
      body: { mustChangePassword: true },
    })
  })

  test('a password is changed only by who knows it, and not into itself or a short one', async () => {
    const controller = await openController()
    const headers = await administrator(controller)
    const change = (current: string, next: string) =>
      ask(controller, 'session/password', { headers, body: { current, next } })
    expect((await change('wrong', 'another long password')).status).toBe(403)
    expect((await change(PASSWORD, PASSWORD)).status).toBe(400)
    expect((await change(PASSWORD, 'short')).status).toBe(400)
  })

  test('logging out ends it', async () => {
    const controller = await openController()
    const bearer = await administrator(controller)
    const browser = await logInWithCookie(controller, PASSWORD)
    for (const headers of [bearer, browser]) {
      expect((await ask(controller, 'session', { method: 'DELETE', headers })).status).toBe(204)
      expect((await ask(controller, 'session', { headers })).status).toBe(401)
    }
  })

  test('a forged cookie, a bad bearer, and a bad bearer beside a good cookie are nobody', async () => {
    const controller = await openController()
    await administrator(controller)
    const good = await logInWithCookie(controller, PASSWORD)
    const bad: Record<string, string>[] = [
      { cookie: `${good.cookie?.slice(0, -4)}AAAA` },
      { authorization: 'Bearer x' },
      { authorization: `Bearer ${'A'.repeat(43)}` },
      { authorization: 'Basic YWRtaW46eA==' },
      { ...good, authorization: `Bearer ${'A'.repeat(43)}` },
    ]
    for (const headers of bad) expect((await ask(controller, 'session', { headers })).status).toBe(401)
  })
})

describe('the local administrator', () => {
  test('is made once; an unused first password is replaced at the next start, a changed one stays', async () => {
    const { startController } = await import('../../src/start-controller.ts')
    const { temporaryFolder } = await import('../support/temporary-folder.ts')
    const options = { dataFolder: temporaryFolder(), port: 0, logLevel: 'silent' } as const
    const first = await startController(options)
    await first[Symbol.asyncDispose]()
    const second = await startController(options)
    expect(second.firstPassword).not.toBe(first.firstPassword)
    expect(
      (await ask(second, 'session', { body: { user: 'admin', password: first.firstPassword ?? '' } })).status,
    ).toBe(401)
    const headers = await administrator(second)
    await second[Symbol.asyncDispose]()
    const third = await startController(options)
    expect(third.firstPassword).toBeNull()
    expect((await ask(third, 'session', { headers })).status).toBe(200)
    await third[Symbol.asyncDispose]()
  })
})

describe('behind a proxy', () => {
  test('the delays of log-ins count by the address that the proxy names, and by nothing that others write', async () => {
    const controller = await openController({ publicUrl: 'https://chaos.example.test', trustProxy: ['10.0.0.0/8'] })
    const attempt = (forwarded: string) =>
      ask(controller, 'session', {
        body: { user: 'admin', password: 'wrong' },
        headers: { 'x-forwarded-for': forwarded },
      })
    for (let n = 0; n < 5; n += 1) expect((await attempt(`203.0.113.${n}, 192.0.2.1, 10.0.0.9`)).status).toBe(401)
    expect((await attempt('192.0.2.1')).status).toBe(429)
    expect((await attempt('192.0.2.2')).status).toBe(401)
  })
})

test('a connection that asks nothing is kept for ten seconds at most', async () => {
  const { server } = (await openController()).app
  expect(server.headersTimeout).toBe(10_000)
})
