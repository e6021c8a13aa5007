import { describe, expect, test } from 'vitest'
import { administrator, ask, openController } from '../support/controller.ts'

/** What people and programs type where something else is meant. */
const odd: readonly unknown[] = [
  ...['', '\t', 'IST', 'BST', '+05:30', 'UTC\u0000', '\uD800', '%zz', '__proto__', '../..', 'x'.repeat(5_000)],
  ...['0 16\t* * 5#1', '99 99 * * *', '2026-02-30', '1e400', '-1', '[::1]', 'http://[', 'http://x:99999/'],
  ...[-1, 1.5, 1e308, 8.64e15 + 1, true, null, [[]], { a: { b: 1 } }],
]
const id = '0'.repeat(26)
/** Bodies that are as they should be; each member is replaced by everything odd. */
const bodies: Readonly<Record<string, Record<string, unknown>>> = {
  'POST tokens': { labels: { role: 'erp' }, approve: true, validForMs: 60_000 },
  'POST plans': { drill: 'ask-the-people', params: {} },
  'POST runs': { planId: id, digest: `sha256:${'0'.repeat(64)}` },
  [`POST runs/${id}/answers/ask`]: { answer: 'yes', note: null },
  'POST schedules': { drill: 'ask-the-people', params: {}, cron: '0 16 * * 5', timeZone: 'Europe/Berlin', name: 'n' },
  'POST schedules/preview': { cron: '0 16 * * 5', timeZone: 'Europe/Berlin', fromMs: 0, count: 1 },
  'POST webhooks': { url: 'https://hooks.example.test/', events: ['slot.missed'] },
}

/** JSON of an object with one member replaced. As text: an object literal has no member of the name `__proto__`. */
function withMember(body: Record<string, unknown>, key: string, value: unknown): string {
  const members = Object.entries(body).filter(([name]) => name !== key)
  return `{${[...members, [key, value]].map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`).join(',')}}`
}

type Documented = Record<string, Record<string, { parameters?: { name: string; in: 'path' | 'query' }[] }>>

async function opened() {
  const controller = await openController()
  const headers = await administrator(controller)
  const broken: string[] = []
  const send = async (what: string, path: string, options: Parameters<typeof ask>[2] = {}) => {
    const { status, body } = await ask(controller, path, { ...options, headers: { ...headers, ...options.headers } })
    // 503 and 507 say what is missing; 500 says that nobody thought of it.
    if (status === 500) broken.push(`${what}: ${JSON.stringify(body).slice(0, 200)}`)
  }
  return { controller, headers, send, broken }
}

describe('odd input is refused with a reason, never with an inner error', () => {
  test.each(Object.entries(bodies))('in the body of %s', async (name, body) => {
    const { send, broken } = await opened()
    const [method, path = ''] = name.split(' ') as ['POST', string]
    const headers = { 'content-type': 'application/json' }
    for (const key of [...Object.keys(body), '__proto__']) {
      for (const value of odd) {
        const what = `${key}=${JSON.stringify(value).slice(0, 60)}`
        await send(what, path, { method, body: withMember(body, key, value), headers })
      }
    }
    expect(broken).toEqual([])
  })

  test('in paths and queries', async () => {
    const { controller, headers, send, broken } = await opened()
    const { paths } = (await ask(controller, '/api/openapi.json', { headers })).body as { paths: Documented }
    const texts = odd.filter((one): one is string => typeof one === 'string' && one.isWellFormed())
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { parameters = [] }] of Object.entries(methods)) {
        if (method !== 'get') continue
        for (const { name, in: where } of parameters) {
          for (const text of texts) {
            const value = encodeURIComponent(text)
            const filled = path.replaceAll(/\{(\w+)\}/g, (_, one) => (one === name ? value : 'x'))
            await send(
              `${path} ${name}=${text.slice(0, 60)}`,
              where === 'query' ? `${filled}?${name}=${value}` : filled,
            )
          }
        }
      }
    }
    for (const path of [
      '/api/v1/%ff',
      '/api/v1/drills/%E0%A4%A',
      '/%c0%ae%c0%ae/',
      '/api/v1/runs?status=%ff',
      '//',
      '/?%00',
    ])
      await send(path, path)
    expect(broken).toEqual([])
  })

  test('in headers', async () => {
    const { send, broken } = await opened()
    for (const value of [
      '',
      'Bearer',
      'Bearer ',
      'Bearer x.y.z',
      `Bearer ${'A'.repeat(5_000)}`,
      'Basic eDp5',
      'Bearer \u00e9',
    ])
      await send(`authorization: ${value.slice(0, 40)}`, 'session', { headers: { authorization: value } })
    for (const cookie of ['', '=', 'session', 'session=%ff', 'session=x.y', 'sessionId=a.b', `a=${'b'.repeat(5_000)}`])
      await send(`cookie: ${cookie.slice(0, 40)}`, 'session', { headers: { authorization: '', cookie } })
    for (const type of ['', 'json', 'application/json; charset=utf-7', 'text/plain', 'multipart/form-data', '/'])
      await send(`type ${type}`, 'plans', { method: 'POST', body: '{}', headers: { 'content-type': type } })
    for (const body of ['', '{', 'null', '[]', '7', '"x"', '\u0000', '{"a":1}}'])
      await send(`body ${body}`, 'plans', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    expect(broken).toEqual([])
  })
})
