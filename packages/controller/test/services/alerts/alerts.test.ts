import { ChaosError, type Run } from '@chaos-lite/shared'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeAlerts } from '../../../src/services/alerts/alerts.ts'
import { alertReader } from '../../../src/services/alerts/reader.ts'
import { type Workers, WorkPool } from '../../../src/workers/work-pool.ts'
import { openStore } from '../../support/store.ts'
import { alert, group, json, products } from './fixtures.ts'

const runId = '01HZZZZZZZZZZZZZZZZZZZZZZZ'
const firing = json({ status: 'firing', text: 'The ERP does not answer' })

async function setUp({ workers = new WorkPool() as Workers, steps = ['step-2'] } = {}) {
  const { store } = openStore()
  const { clientId } = await store.clients.first()
  const row = { runId, clientId, drill: 'dns', title: 't', mode: 'live', phase: 'holding', outcome: null } as const
  const rest = { effect: 'proved', restoration: 'pending', startedMs: 1, endedMs: null, summary: '' } as const
  await store.runs.create({ ...row, ...rest }, null, [])
  const acknowledged: unknown[] = []
  const observations: Run['observations'] = []
  const deps = {
    store,
    awaited: (drill: string, client: string) =>
      drill === 'dns' && client === clientId ? steps.map((stepId) => ({ runId, stepId })) : [],
    read: alertReader(workers),
    current: () => ({ observations }),
    acknowledge: async (...all: unknown[]) => {
      acknowledged.push(all)
      return { ...row, ...rest }
    },
    note: async (_runId: string, note: string, by: string) => {
      await Promise.resolve()
      observations.push({ by, note, ms: 1 })
      return { ...row, ...rest }
    },
  }
  const alerts = await makeAlerts(deps)
  const secret = alerts.secretFor(clientId, 'dns')
  const notes = () => observations.map(({ by, note }) => `${by}: ${note}`)
  return { alerts, secret, notes, again: await makeAlerts(deps), clientId, acknowledged }
}

describe('the alert address of a drill', () => {
  test('is its own for each drill and client, and the same after a restart', async () => {
    const { alerts, again, clientId } = await setUp()
    const secret = alerts.secretFor(clientId, 'dns')
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(again.secretFor(clientId, 'dns')).toBe(secret)
    expect(alerts.secretFor(clientId, 'print')).not.toBe(secret)
    expect(alerts.secretFor('another client', 'dns')).not.toBe(secret)
  })

  test('acknowledges what is awaited now, and keeps what the alert said', async () => {
    const { alerts, secret, acknowledged, notes } = await setUp()
    expect(await alerts.receive(secret, firing)).toBe(1)
    expect(acknowledged).toEqual([[runId, 'step-2', 'monitoring system', 'webhook']])
    expect(notes()).toEqual(['alert address: The alert from monitoring system: “The ERP does not answer”'])
  })

  test('does nothing for another drill, another client, or a guess', async () => {
    const { alerts, clientId, acknowledged, notes } = await setUp()
    for (const secret of [alerts.secretFor(clientId, 'print'), alerts.secretFor('another', 'dns'), '', 'guess']) {
      expect(await alerts.receive(secret, firing)).toBe(0)
      await alerts.refused(secret)
    }
    expect([...acknowledged, ...notes()]).toEqual([])
  })

  test.each(products)('counts alerts of $product, and nothing else of it', async ({ fixtures }) => {
    for (const { message, state } of fixtures) {
      const { alerts, secret, acknowledged, notes } = await setUp()
      expect(await alerts.receive(secret, message)).toBe(state === 'firing' ? 1 : 0)
      expect(acknowledged).toHaveLength(state === 'firing' ? 1 : 0)
      if (state === 'resolved')
        expect(notes()).toEqual([expect.stringContaining('does not count as the expected alert')])
      if (state === 'neither') expect(notes()).toEqual([expect.stringContaining('a person must confirm')])
    }
  })

  test('says in the run that a message in an unknown form waits for a person', async () => {
    const { alerts, secret, acknowledged, notes } = await setUp()
    expect(await alerts.receive(secret, { body: Buffer.from('primary down'), contentType: 'text/plain' })).toBe(0)
    expect(acknowledged).toEqual([])
    expect(notes()).toEqual([
      'alert address: A message in an unknown form arrived. It does not count by itself: a person must confirm that the expected alert arrived. What is known of it: it is neither JSON nor a form.',
    ])
  })

  test('notes each kind of message once, however many come, and a text too large as well', async () => {
    const { alerts, secret, notes } = await setUp({ steps: ['step-2', 'step-5'] })
    const recovery = (n: number) => json({ status: 'resolved', text: `recovery ${n}` })
    await Promise.all(Array.from({ length: 50 }, (_, n) => alerts.receive(secret, recovery(n))))
    await Promise.all(Array.from({ length: 50 }, (_, n) => alerts.receive(secret, json({ [`k${n}`]: n }))))
    await Promise.all(Array.from({ length: 5 }, () => alerts.refused(secret)))
    expect(notes()).toHaveLength(3)
    expect(notes()[2]).toContain('larger than 1 MiB')
  })
})

describe('large messages', () => {
  const storm = json(
    group(
      'firing',
      Array.from({ length: 1_500 }, (_, n) => alert('firing', n)),
    ),
  )

  test('are read beside the event loop', async () => {
    const pool = new WorkPool()
    onTestFinished(() => pool[Symbol.asyncDispose]())
    const { alerts, secret, acknowledged } = await setUp({ workers: pool })
    expect(storm.body.length).toBeGreaterThan(512 * 1024)
    expect(await alerts.receive(secret, storm)).toBe(1)
    expect(acknowledged).toEqual([[runId, 'step-2', 'Alertmanager', 'webhook']])
  })

  test('that take too long wait for a person, and where too much waits the sender is asked to try again', async () => {
    const failing = (code: 'timed-out' | 'too-many'): Workers => ({
      run: () => Promise.reject(new ChaosError(code, 'x')),
    })
    const late = await setUp({ workers: failing('timed-out') })
    expect(await late.alerts.receive(late.secret, storm)).toBe(0)
    expect(late.notes()).toEqual([expect.stringContaining('it took too long to read')])
    const full = await setUp({ workers: failing('too-many') })
    await expect(full.alerts.receive(full.secret, storm)).rejects.toMatchObject({ code: 'too-many' })
    expect(full.acknowledged).toEqual([])
  })
})
