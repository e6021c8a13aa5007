import { randomBytes } from 'node:crypto'
import type { RunRow } from '@chaos-lite/shared/api'
import { describe, expect, test } from 'vitest'
import { administrator, ask, openController } from '../support/controller.ts'

const ulids = (count: number) => Array.from({ length: count }, (_, n) => `01J${String(n).padStart(23, '0')}`)

async function opened(count: { hosts?: number; runs?: number }) {
  const controller = await openController()
  const { store } = controller
  const { clientId } = await store.clients.first()
  for (let n = 0; n < (count.hosts ?? 0); n += 1) {
    await store.hosts.add({
      ...{ hostId: `h-${n.toString(16).padStart(24, '0')}`, clientId, name: `srv-${n}`, labels: {}, state: 'approved' },
      ...{ publicKey: randomBytes(32).toString('base64'), enrolledMs: 1, lastSeenMs: null, inventory: null },
    })
  }
  const about = {
    clientId,
    title: 'A drill',
    mode: 'live',
    phase: 'ended',
    outcome: 'passed',
    effect: 'proved',
  } as const
  const end = { restoration: 'identical', startedMs: 1, endedMs: 2, summary: '' } as const
  for (const runId of ulids(count.runs ?? 0))
    await store.runs.create({ runId, drill: 'one', ...about, ...end }, null, [])
  const headers = await administrator(controller)
  const get = (path: string) => ask(controller, path, { headers })
  return { controller, clientId, get }
}

describe('lists', () => {
  test('of runs go on to the very first run, page by page', async () => {
    const { get } = await opened({ runs: 130 })
    const seen: string[] = []
    let next = ''
    do {
      const page = await get(`runs?limit=50${next && `&before=${next}`}`)
      expect(page.headers['total-count']).toBe('130')
      seen.push(...(page.body as RunRow[]).map(({ runId }) => runId))
      next = String(page.headers['next-cursor'] ?? '')
    } while (next !== '')
    expect(seen).toEqual(ulids(130).reverse())
  })

  test('of hosts are filtered by the controller, and say how many there are', async () => {
    const { get, clientId } = await opened({ hosts: 7 })
    const page = await get(`hosts?limit=3&order=name&company=${clientId}`)
    expect(page.body.map(({ name }: { name: string }) => name)).toEqual(['srv-0', 'srv-1', 'srv-2'])
    expect(page.headers['total-count']).toBe('7')
    const rest = await get(`hosts?limit=9&order=name&cursor=${page.headers['next-cursor']}`)
    expect(rest.body).toHaveLength(4)
    expect(rest.headers['next-cursor']).toBeUndefined()
    expect((await get('hosts?text=srv-6')).body).toHaveLength(1)
    expect((await get('hosts?link=online')).body).toEqual([])
    expect((await get('hosts?state=pending')).body).toEqual([])
  })

  test.each([
    ['hosts?cursor=nonsense', 400],
    ['hosts?limit=501', 400],
    ['hosts?company=01J0000000000000000000000A', 404],
    ['runs?status=lost', 400],
    ['runs?host=srv', 400],
    ['runs?from=yesterday', 400],
  ])('%s is refused', async (path, status) => {
    const { get } = await opened({})
    expect((await get(path)).status).toBe(status)
  })

  test('a page of hosts asks the store as often, whether it shows five hosts or fifty', async () => {
    const { controller } = await opened({ hosts: 50 })
    const headers = await administrator(controller)
    const asked: string[] = []
    for (const part of [controller.store.hosts, controller.store.runs] as Record<string, unknown>[]) {
      for (const [name, method] of Object.entries(part)) {
        if (typeof method !== 'function') continue
        part[name] = (...args: unknown[]) => {
          asked.push(name)
          return method.apply(part, args)
        }
      }
    }
    const count = async (limit: number) => {
      asked.length = 0
      expect((await ask(controller, `hosts?limit=${limit}`, { headers })).body).toHaveLength(limit)
      return [...asked].sort()
    }
    const few = await count(5)
    expect(few.length).toBeGreaterThan(0)
    expect(await count(50)).toEqual(few)
  })
})
