import { pino } from 'pino'
import { expect, test } from 'vitest'
import { UnknownHosts } from '../../src/gateway/unknown-hosts.ts'
import type { Store } from '../../src/store/store.ts'

type Incident = Parameters<Store['incidents']['add']>[0]

test('a stranger cannot use up the places of hosts that were enrolled after the backup', async () => {
  const kept: Incident[] = []
  const store = {
    restores: { all: async () => [{ restoredMs: 2, backupMs: 1 }] },
    clients: { all: async () => [{ clientId: '0'.repeat(26), name: 'Plant' }] },
    incidents: { ofClient: async () => kept, add: async (one: Incident) => void kept.push(one) },
  } as unknown as Store
  const unknown = new UnknownHosts({ store, clock: { nowMs: () => 3 }, log: pino({ level: 'silent' }) })
  const id = (number: number) => `h-${String(number).padStart(24, '0')}`
  for (let number = 0; number < 50; number++) await unknown.refused(id(number), `2001:db8::${number}`)
  await unknown.refused(id(99), '192.0.2.7')
  expect(kept.map(({ hostId }) => hostId)).toEqual([...Array.from({ length: 10 }, (_, number) => id(number)), id(99)])
})
