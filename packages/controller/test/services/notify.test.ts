import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hmacHex } from '../../src/secrets/secrets.ts'
import { makeNotifier, type Notice, notifyWhenStuck } from '../../src/services/notify.ts'
import type { StoredWebhook } from '../../src/store/store.ts'
import { openStore } from '../support/store.ts'

interface Got {
  readonly path: string
  readonly signature: string
  readonly body: string
}

/** A receiver that answers what the test says, one answer after another. */
async function receiver(answers: ((response: ServerResponse) => void)[]) {
  const got: Got[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    got.push({ path: request.url ?? '', signature: String(request.headers['chaos-lite-signature']), body })
    const next = answers.shift() ?? ((ok) => ok.writeHead(204).end())
    next(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
}

async function setUp(url: string) {
  const { store } = openStore()
  const { clientId } = await store.clients.first()
  const webhook: StoredWebhook = { webhookId: '01HZZZZZZZZZZZZZZZZZZZZZZZ', clientId, url, purpose: '', secret: 'shh' }
  await store.webhooks.add(webhook, 20)
  const failures: number[] = []
  const notifier = makeNotifier({
    ...{ store, clock: { nowMs: () => 1_000 }, log: pino({ level: 'silent' }) },
    onFailed: () => failures.push(1),
    toLoopback: true,
    retries: { retries: 2, minTimeout: 1, maxTimeout: 2 },
  })
  onTestFinished(() => notifier.close())
  const notice: Notice = { type: 'run.stuck', clientId, summary: 'SRV-04 is stuck.', runId: webhook.webhookId }
  return { notifier, notice, webhook, failures, clientId }
}

const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end()

describe('a webhook', () => {
  test('gets a signed message with the sentence', async () => {
    const { got, url } = await receiver([])
    const { notifier, notice, failures } = await setUp(url)
    await notifier.notify(notice)
    expect(got).toHaveLength(1)
    const [{ body, signature }] = got as [Got]
    expect(signature).toBe(`t=1000,v1=${hmacHex('shh', `1000.${body}`)}`)
    expect(JSON.parse(body)).toMatchObject({ format: 'chaos-lite-notice/1', ...notice, atMs: 1_000 })
    expect(failures).toEqual([])
  })

  test('is tried again when it fails, with the same message', async () => {
    const { got, url } = await receiver([status(500), (response) => void response.destroy()])
    const { notifier, notice, failures } = await setUp(url)
    await notifier.notify(notice)
    expect(got).toHaveLength(3)
    expect(new Set(got.map((one) => one.body)).size).toBe(1)
    expect(failures).toEqual([])
  })

  test('is given up after some attempts, and that is counted', async () => {
    const { got, url } = await receiver([status(500), status(503), status(404)])
    const { notifier, notice, failures } = await setUp(url)
    await notifier.notify(notice)
    expect(got).toHaveLength(3)
    expect(failures).toEqual([1])
  })

  test('that redirects is not followed', async () => {
    const { got, url } = await receiver([status(302, { location: '/elsewhere' })])
    const { notifier, webhook } = await setUp(url)
    expect(await notifier.test(webhook)).toEqual({
      ok: false,
      detail: 'The receiver answered 302 where 2xx was expected.',
    })
    expect(got.map((one) => one.path)).toEqual(['/hook'])
  })

  test('of another client is not notified', async () => {
    const { got, url } = await receiver([])
    const { notifier, notice } = await setUp(url)
    await notifier.notify({ ...notice, clientId: 'another' })
    expect(got).toEqual([])
  })

  test('that never answers does not keep the controller from stopping', async () => {
    const asked = Promise.withResolvers<void>()
    const { url } = await receiver([() => asked.resolve()])
    const { notifier, notice } = await setUp(url)
    const notices = notifier.notify(notice)
    await asked.promise
    await notifier.close()
    await notices
  })
})

describe('a run that is not rolled back', () => {
  const row = { runId: 'r', clientId: 'c', outcome: null, restoration: 'pending', summary: 'stopped' }

  function listening() {
    const notices: Notice[] = []
    const listener = notifyWhenStuck({
      notify: async (notice) => void notices.push(notice),
      test: async () => ({ ok: true, detail: '' }),
      check: () => undefined,
      close: async () => undefined,
    })
    return { notices, listener }
  }

  test.each(['pending', 'unknown'])('is reported once when it has ended and a host is %s', async (restoration) => {
    const { notices, listener } = listening()
    listener({ ...row, restoration })
    expect(notices).toEqual([])
    listener({ ...row, restoration, outcome: 'failed', summary: 'SRV-04 has not reported yet.' })
    listener({ ...row, restoration, outcome: 'failed' })
    expect(notices).toEqual([
      { type: 'run.unconfirmed', clientId: 'c', runId: 'r', summary: 'SRV-04 has not reported yet.' },
    ])
    listener({ ...row, restoration: 'stuck', outcome: 'failed', summary: 'SRV-04 is stuck.' })
    expect(notices.map(({ type }) => type)).toEqual(['run.unconfirmed', 'run.stuck'])
  })

  test('is not reported when every host is as it was', async () => {
    const { notices, listener } = listening()
    for (const restoration of ['identical', 'ours undone', 'not applicable']) {
      listener({ ...row, restoration, outcome: 'passed' })
    }
    expect(notices).toEqual([])
  })

  test('is reported once while something is stuck, however often its row changes', async () => {
    const { notices, listener } = listening()
    listener(row)
    listener({ ...row, restoration: 'stuck', summary: 'SRV-04 is stuck.' })
    listener({ ...row, restoration: 'stuck', summary: 'SRV-04 is still stuck.' })
    expect(notices).toEqual([{ type: 'run.stuck', clientId: 'c', runId: 'r', summary: 'SRV-04 is stuck.' }])
  })
})
