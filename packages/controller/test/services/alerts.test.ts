import { describe, expect, test } from 'vitest'
import { makeAlerts } from '../../src/services/alerts.ts'
import { openStore } from '../support/store.ts'

const runId = '01HZZZZZZZZZZZZZZZZZZZZZZZ'

async function setUp() {
  const { store } = openStore()
  const { clientId } = await store.clients.first()
  const row = { runId, clientId, drill: 'dns', title: 't', mode: 'live', phase: 'holding', outcome: null } as const
  const rest = { effect: 'proved', restoration: 'pending', startedMs: 1, endedMs: null, summary: '' } as const
  await store.runs.create({ ...row, ...rest }, null, [])
  const acknowledged: unknown[] = []
  const deps = {
    store,
    awaited: (drill: string, client: string) =>
      drill === 'dns' && client === clientId ? [{ runId, stepId: 'step-2' }] : [],
    acknowledge: async (...all: unknown[]) => {
      acknowledged.push(all)
      return { ...row, ...rest }
    },
  }
  return { alerts: await makeAlerts(deps), again: await makeAlerts(deps), clientId, acknowledged }
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

  test('acknowledges what is awaited now', async () => {
    const { alerts, clientId, acknowledged } = await setUp()
    expect(await alerts.receive(alerts.secretFor(clientId, 'dns'))).toBe(1)
    expect(acknowledged).toEqual([[runId, 'step-2', 'monitoring system', 'webhook']])
  })

  test('does nothing for another drill, another client, or a guess', async () => {
    const { alerts, clientId, acknowledged } = await setUp()
    for (const secret of [alerts.secretFor(clientId, 'print'), alerts.secretFor('another', 'dns'), '', 'guess']) {
      expect(await alerts.receive(secret)).toBe(0)
    }
    expect(acknowledged).toEqual([])
  })
})
