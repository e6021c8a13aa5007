import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CloseCode } from '@chaos-lite/shared'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import type { ControllerOptions } from '../../src/options.ts'
import { sha256 } from '../../src/secrets/secrets.ts'
import { administrator, ask, drillText, openController, PASSWORD } from '../support/controller.ts'
import { connect, enrol, prove } from '../support/scripted-agent.ts'

async function opened(options: Partial<ControllerOptions> = {}) {
  const controller = await openController(options)
  return { controller, headers: await administrator(controller) }
}

describe('hosts', () => {
  test('a token made here lets a host in; it is listed, labelled, and revoked at once', async () => {
    const { controller, headers } = await opened()
    const made = await ask(controller, 'tokens', { headers, body: { labels: { role: 'standby' } } })
    expect(made).toMatchObject({ status: 201, body: { command: expect.stringContaining(controller.url) } })
    expect(made.body.command).not.toContain(made.body.token)
    const identity = await enrol(controller.agentUrl, made.body.token)
    const { agent } = await connect(controller.agentUrl, identity)
    const [host] = (await ask(controller, 'hosts', { headers })).body
    expect(host).toMatchObject({
      hostId: identity.hostId,
      online: true,
      state: 'approved',
      labels: { role: 'standby' },
    })
    expect(host).toMatchObject({ inventory: null, offers: [], busyRunId: null })
    const path = `hosts/${identity.hostId}`
    const labelled = await ask(controller, `${path}/labels`, { method: 'PUT', headers, body: { role: 'erp' } })
    expect(labelled).toMatchObject({ status: 200, body: { labels: { role: 'erp' } } })
    const revoked = await ask(controller, `${path}/revoke`, { method: 'POST', headers })
    expect(revoked).toMatchObject({ status: 200, body: { state: 'revoked', online: false } })
    expect(await agent.ended).toBe(CloseCode.hostRevoked)
    expect(await ask(controller, `${path}/approve`, { method: 'POST', headers })).toMatchObject({ status: 409 })
  })

  test('a host that waits is approved', async () => {
    const { controller, headers } = await opened()
    const { token } = (await ask(controller, 'tokens', { headers, body: { approve: false } })).body
    const identity = await enrol(controller.agentUrl, token)
    const agent = await prove(controller.agentUrl, identity)
    await agent.next('pending')
    const approved = await ask(controller, `hosts/${identity.hostId}/approve`, { method: 'POST', headers })
    expect(approved).toMatchObject({ status: 200, body: { state: 'approved' } })
    await agent.next('welcome')
  })

  test('one that was installed again waits, and replaces the old one when it is approved', async () => {
    const { controller, headers } = await opened()
    const enrolled = async () =>
      enrol(controller.agentUrl, (await ask(controller, 'tokens', { headers, body: {} })).body.token, {}, 'erp')
    const old = await enrolled()
    const { agent: before } = await connect(controller.agentUrl, old)
    const identity = await enrolled()
    const agent = await prove(controller.agentUrl, identity)
    await agent.next('pending')
    const path = `hosts/${identity.hostId}/approve`
    const alone = await ask(controller, path, { method: 'POST', headers })
    expect(alone).toMatchObject({ status: 409, body: { detail: expect.stringContaining(`--replaces ${old.hostId}`) } })
    const approved = await ask(controller, path, { headers, body: { replaces: old.hostId } })
    expect(approved).toMatchObject({ status: 200, body: { state: 'approved', name: 'erp' } })
    await agent.next('welcome')
    expect(await before.ended).toBe(CloseCode.hostRevoked)
    expect((await ask(controller, `hosts/${old.hostId}`, { headers })).body).toMatchObject({ state: 'revoked' })
  })

  test('one that is not there, or somebody else’s, is not found', async () => {
    const { controller, headers } = await opened()
    expect((await ask(controller, `hosts/h-${'0'.repeat(24)}`, { headers })).status).toBe(404)
    expect((await ask(controller, 'hosts/1', { headers })).status).toBe(400)
  })

  test('a second agent with a used key is on the list of incidents', async () => {
    const { controller, headers } = await opened()
    const { token } = (await ask(controller, 'tokens', { headers, body: {} })).body
    const identity = await enrol(controller.agentUrl, token)
    await connect(controller.agentUrl, identity)
    expect(await (await prove(controller.agentUrl, identity)).ended).toBe(CloseCode.duplicateAgent)
    await eventually(async () => {
      const { body } = await ask(controller, 'incidents', { headers })
      expect(body).toMatchObject([{ kind: 'duplicate agent', hostId: identity.hostId }])
    })
  })
})

describe('drills', () => {
  test('are listed with their text and digest', async () => {
    const { controller, headers } = await opened()
    const [drill] = (await ask(controller, 'drills', { headers })).body
    expect(drill).toMatchObject({ name: 'ask-the-people', kind: 'tabletop', source: drillText, mistakes: [] })
    expect(drill.digest).toBe(sha256(drillText))
    expect((await ask(controller, 'drills/ask-the-people', { headers })).body).toEqual(drill)
    expect((await ask(controller, 'drills/none', { headers })).status).toBe(404)
  })

  test('all mistakes of a text are reported with their places', async () => {
    const { controller, headers } = await opened()
    const source = drillText.replace('version: 1', 'version: one').replace('within: 10m', 'withinn: 10m')
    const { status, body } = await ask(controller, 'drills/validate', { headers, body: { source, file: 'mine.yaml' } })
    expect(status).toBe(200)
    expect(body.mistakes.length).toBeGreaterThanOrEqual(2)
    expect(body.mistakes[0]).toMatchObject({ file: 'mine.yaml', line: 2 })
    const good = await ask(controller, 'drills/validate', { headers, body: { source: drillText, file: 'mine.yaml' } })
    expect(good.body.mistakes).toEqual([])
  })
})

describe('the alert address', () => {
  test('is not guessable, takes anything, and answers the same for a wrong one', async () => {
    const { controller, headers } = await opened()
    const { body } = await ask(controller, 'drills/ask-the-people/alert-address', { headers })
    const path = new URL(body.url).pathname
    expect(path).toMatch(/^\/api\/v1\/alerts\/[A-Za-z0-9_-]{43}$/)
    for (const [type, payload] of [
      ['application/json', '{broken'],
      ['text/plain', 'down!'],
      ['application/x-www-form-urlencoded', 'a=b'],
    ] as const) {
      const answer = await ask(controller, path, { method: 'POST', body: payload, headers: { 'content-type': type } })
      expect(answer.status).toBe(204)
    }
    expect((await ask(controller, path, { method: 'POST' })).status).toBe(204)
    expect((await ask(controller, `alerts/${'A'.repeat(43)}`, { method: 'POST' })).status).toBe(204)
  })

  test('takes messages of up to 1 MiB', async () => {
    const { controller, headers } = await opened()
    const { body } = await ask(controller, 'drills/ask-the-people/alert-address', { headers })
    const sent = (bytes: number) =>
      ask(controller, new URL(body.url).pathname, {
        method: 'POST',
        body: 'x'.repeat(bytes),
        headers: { 'content-type': 'text/plain' },
      })
    expect((await sent(1024 * 1024)).status).toBe(204)
    expect(await sent(1024 * 1024 + 1)).toMatchObject({ status: 413, body: { code: 'request-invalid' } })
  })

  test.each(['GET', 'PUT', 'DELETE'] as const)('refuses %s, and says which method to use', async (method) => {
    const { controller, headers } = await opened()
    const { body } = await ask(controller, 'drills/ask-the-people/alert-address', { headers })
    const answer = await ask(controller, new URL(body.url).pathname, { method })
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST' } })
    expect(answer.body.detail).toContain(`by POST, not by ${method}: nothing was counted`)
  })
})

describe('webhooks', () => {
  test('are made with a secret that is shown once, tested, and removed', async () => {
    const { controller, headers } = await opened({ webhooksToLoopback: true })
    const got: { signature: string; body: string }[] = []
    const receiver = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      got.push({ signature: String(request.headers['chaos-lite-signature']), body })
      response.end()
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void receiver.close())
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
    const made = await ask(controller, 'webhooks', { headers, body: { url, purpose: 'pager' } })
    expect(made).toMatchObject({ status: 201, body: { url, purpose: 'pager' } })
    const { webhookId, secret } = made.body
    expect((await ask(controller, 'webhooks', { headers })).body).toEqual([{ webhookId, url, purpose: 'pager' }])
    const tested = await ask(controller, `webhooks/${webhookId}/test`, { method: 'POST', headers })
    expect(tested.body).toEqual({ ok: true, detail: 'The receiver took the message.' })
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(got[0]?.signature ?? '') ?? []
    expect(createHmac('sha256', secret).update(`${time}.${got[0]?.body}`).digest('hex')).toBe(signature)
    expect((await ask(controller, `webhooks/${webhookId}`, { method: 'DELETE', headers })).status).toBe(204)
    expect((await ask(controller, `webhooks/${webhookId}`, { method: 'DELETE', headers })).status).toBe(404)
  })

  test('one that is no web address, holds a password, or leads to this machine or a link-local address is refused', async () => {
    const { controller, headers } = await opened()
    for (const url of [
      'file:///etc/passwd',
      'http://user:secret@example.test/',
      'javascript:alert(1)',
      'nonsense',
      'http://127.0.0.1/',
      'http://169.254.169.254/',
    ]) {
      expect((await ask(controller, 'webhooks', { headers, body: { url } })).status).toBe(400)
    }
  })
})

describe('the system', () => {
  test('health is open and says little; metrics need a log-in and count', async () => {
    const { controller, headers } = await opened()
    expect(await ask(controller, '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect((await ask(controller, '/metrics')).status).toBe(401)
    await ask(controller, 'session', { body: { user: 'admin', password: PASSWORD } })
    const { body, headers: answer } = await ask(controller, '/metrics', { headers })
    expect(answer['content-type']).toContain('text/plain')
    expect(body).toContain('chaos_lite_log_ins_total 1')
    expect(body).toContain('chaos_lite_hosts_online 0')
    expect(body).toMatch(/^nodejs_eventloop_lag_p99_seconds [\d.e-]+$/m)
    expect(body).toMatch(/^process_resident_memory_bytes [1-9]\d+$/m)
  })

  test('two controllers of one process count separately', async () => {
    const [one, other] = [await opened(), await opened()]
    await ask(one.controller, 'session', { body: { user: 'admin', password: 'wrong' } })
    const failures = async ({ controller, headers }: typeof one) =>
      /^chaos_lite_log_ins_failed_total \d+$/m.exec((await ask(controller, '/metrics', { headers })).body)?.[0]
    expect(await failures(one)).toBe('chaos_lite_log_ins_failed_total 1')
    expect(await failures(other)).toBe('chaos_lite_log_ins_failed_total 0')
  })

  test('the headers keep a page from running anything but our own scripts', async () => {
    const { controller } = await opened()
    const { headers } = await ask(controller, '/')
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
  })
})

describe('a body with far too much in it', () => {
  test.each([
    ['levels', '['.repeat(100_000) + ']'.repeat(100_000), 'more than 64 levels'],
    ['values', `[${'{},'.repeat(100_000)}1]`, 'more than 5000 values'],
  ])('%s: is refused before its schema is asked', async (_what, value, why) => {
    const { controller, headers } = await opened()
    const body = `{"drill":"ask-the-people","params":{"a":${value}}}`
    const json = { ...headers, 'content-type': 'application/json' }
    const refused = await ask(controller, 'plans', { headers: json, body })
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 'request-invalid', detail: expect.stringContaining(why) },
    })
  })

  test('brackets and commas in a text are text', async () => {
    const { controller, headers } = await opened()
    const source = `a: "${'[,\\"'.repeat(10_000)}`
    expect((await ask(controller, 'drills/validate', { headers, body: { source, file: 'x.yaml' } })).status).toBe(200)
  })
})
