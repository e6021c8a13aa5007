import type { HostQuery, RunQuery, Store } from '@chaos-lite/controller'
import type { Hardware, Inventory } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { addHost, rowOf, ulid } from './store-fixtures.ts'

const inventory = (changes: Partial<Inventory> = {}): Inventory => ({
  ...{
    hostname: 'h',
    os: 'Debian GNU/Linux 12',
    platform: 'linux',
    kernel: '6.1',
    arch: 'x64',
    cpus: 2,
    memoryBytes: 1,
  },
  ...{ agentVersion: '0.1.0', addresses: ['192.0.2.4'], labels: {}, offers: [], bootId: 'boot' },
  menu: { actions: [], probes: [], exercises: [] },
  journal: { readable: true, open: 0, stuck: 0 },
  policy: { present: true, digest: null, warnings: [] },
  ...changes,
})

const hardware: Hardware = {
  ...{ manufacturer: 'a', model: null, virtualisation: 'kvm', disks: [], interfaces: null },
  processor: { model: null, sockets: 1, cores: null, threads: 2 },
  memory: { totalBytes: 1, swapBytes: 0 },
}

/** Lists: filtered, sorted and counted by the store, page by page. */
export function testPages(open: () => Store): void {
  const hostQuery = async (changes: Partial<HostQuery> = {}): Promise<HostQuery> => ({
    clientIds: [(await open().clients.first()).clientId],
    ...{ order: 'name', busy: [], attention: [], online: [], link: null, text: '', state: null, limit: 10 },
    cursor: null,
    ...changes,
  })
  const names = async (changes: Partial<HostQuery> = {}) =>
    (await open().hosts.page(await hostQuery(changes))).items.map(({ name }) => name)

  describe('pages of hosts', () => {
    test('together hold every host once, whatever they are sorted by, and count them', async () => {
      for (let n = 0; n < 25; n += 1) {
        // Names that are alike, because only the id distinguishes them.
        const { hostId } = await addHost(open(), { name: `srv-${n % 7}`, lastSeenMs: n % 5 === 0 ? null : n % 3 })
        if (n % 4 === 0) await open().hosts.setState(hostId, 'revoked')
      }
      for (const order of ['attention', 'name', 'last seen'] as const) {
        const seen: string[] = []
        let cursor: string | null = null
        do {
          const page = await open().hosts.page(await hostQuery({ order, cursor, limit: 4 }))
          expect(page.total).toBe(25)
          seen.push(...page.items.map(({ hostId }) => hostId))
          cursor = page.next
        } while (cursor !== null)
        expect(seen).toHaveLength(25)
        expect(new Set(seen).size).toBe(25)
      }
    })

    test('begin with hosts that need a person, and end with revoked ones', async () => {
      const fine = await addHost(open(), { name: 'a-fine' })
      await addHost(open(), { name: 'a-revoked', state: 'revoked' })
      await addHost(open(), { name: 'b-waits', state: 'pending' })
      const stuck = await addHost(open(), { name: 'c-stuck' })
      await open().hosts.setInventory(stuck.hostId, inventory({ journal: { readable: true, open: 1, stuck: 1 } }), 5)
      const silent = await addHost(open(), { name: 'd-silent' })
      const away = await addHost(open(), { name: 'e-away' })
      const order = { order: 'attention', attention: [silent.hostId], online: [fine.hostId, stuck.hostId] } as const
      expect(await names(order)).toEqual(['c-stuck', 'd-silent', 'b-waits', 'e-away', 'a-fine', 'a-revoked'])
      expect(await names({ ...order, link: 'online' })).toEqual(['c-stuck', 'a-fine'])
      expect(await names({ ...order, link: 'offline', text: 'approved' })).toEqual(['d-silent', 'e-away'])
      expect(await names({ ...order, text: 'revoked' })).toEqual(['a-revoked'])
      await open().hosts.setState(away.hostId, 'revoked')
      await open().hosts.setInventory(stuck.hostId, inventory(), 6)
      expect((await names(order))[0]).toBe('d-silent')
      expect(await open().hosts.byId(fine.hostId)).toEqual(fine)
    })

    test('begin with hosts on which a drill is under way, also before one that needs a person', async () => {
      const stuck = await addHost(open(), { name: 'a-stuck' })
      await open().hosts.setInventory(stuck.hostId, inventory({ journal: { readable: true, open: 1, stuck: 1 } }), 5)
      const fine = await addHost(open(), { name: 'b-fine' })
      const held = await addHost(open(), { name: 'c-held' })
      // It restores itself although it was barred meanwhile.
      const barred = await addHost(open(), { name: 'd-barred', state: 'revoked' })
      const busy = [held.hostId, barred.hostId]
      const online = [fine.hostId, held.hostId]
      expect(await names({ order: 'attention', busy, online })).toEqual(['c-held', 'd-barred', 'a-stuck', 'b-fine'])
      expect(await names({ order: 'name', busy })).toEqual(['a-stuck', 'b-fine', 'c-held', 'd-barred'])
    })

    test('are found by every word of name, labels, system and addresses, and by nothing else', async () => {
      const erp = await addHost(open(), { name: 'erp_1', labels: { role: 'erp-primary' } })
      await addHost(open(), { name: 'erp-1', labels: {}, proposedLabels: { role: 'erp-primary' } })
      await open().hosts.setInventory(erp.hostId, inventory(), 5)
      for (const text of ['ERP_1', 'role:erp', 'role=erp-primary', 'debian 192.0.2.4', 'erp_']) {
        expect([text, await names({ text })]).toEqual([text, ['erp_1']])
      }
      expect(await names({ text: 'erp' })).toHaveLength(2)
      for (const text of ['%', 'erp_1 windows', "' OR 1=1 --"])
        expect([text, await names({ text })]).toEqual([text, []])
      await open().hosts.setLabels(erp.hostId, { role: 'standby' })
      expect(await names({ text: 'role:erp' })).toEqual([])
      expect(await names({ text: 'debian' })).toEqual(['erp_1'])
    })

    test('hold what a host reported but its menu, and only hosts of the companies that were asked for', async () => {
      const { hostId } = await addHost(open())
      await open().hosts.setInventory(hostId, inventory(), 5)
      const { menu: _, ...reported } = inventory()
      expect((await open().hosts.page(await hostQuery())).items).toMatchObject([{ hostId, inventory: reported }])
      expect((await open().hosts.byId(hostId))?.inventory).toEqual(inventory())
      expect((await open().hosts.page(await hostQuery({ clientIds: [ulid()] }))).items).toEqual([])
      expect(await names({ state: 'pending' })).toEqual([])
      expect(await open().hosts.listed([ulid(), hostId])).toMatchObject([{ hostId, inventory: reported }])
    })

    test('have hardware of their own, the last that was reported', async () => {
      const [{ hostId }, other] = [await addHost(open()), await addHost(open())]
      expect(await open().hosts.hardware(hostId)).toBeNull()
      await open().hosts.setHardware(hostId, hardware, 5)
      await open().hosts.setHardware(hostId, { ...hardware, model: 'another' }, 6)
      const last = { hardware: { ...hardware, model: 'another' }, reportedMs: 6 }
      expect(await open().hosts.hardware(hostId)).toEqual(last)
      expect(await open().hosts.hardware(other.hostId)).toBeNull()
      await expect(open().hosts.setHardware(`h-${'f'.repeat(24)}`, hardware, 7)).rejects.toMatchObject({
        code: 'not-found',
      })
    })

    test.each([['nonsense'], [Buffer.from('[1,2,3]').toString('base64url')]])(
      'are not begun at "%s"',
      async (cursor) => {
        await expect(open().hosts.page(await hostQuery({ cursor }))).rejects.toMatchObject({ code: 'request-invalid' })
      },
    )
  })

  describe('pages of runs', () => {
    const runQuery = async (changes: Partial<RunQuery> = {}): Promise<RunQuery> => ({
      clientIds: [(await open().clients.first()).clientId],
      ...{ status: null, drill: null, hostId: null, fromMs: null, toMs: null, text: '', limit: 10, before: null },
      ...changes,
    })
    const found = async (changes: Partial<RunQuery>) =>
      (await open().runs.page(await runQuery(changes))).items.map(({ title }) => title)

    test('together hold every run once, newest first, and count them', async () => {
      const { clientId } = await open().clients.first()
      const ids = Array.from({ length: 130 }, (_, n) => ulid(1_000 + n))
      for (const runId of ids) await open().runs.create(rowOf(clientId, { runId, endedMs: 1 }), null, [])
      const seen: string[] = []
      let before: string | null = null
      do {
        const page = await open().runs.page(await runQuery({ before, limit: 50 }))
        expect(page.total).toBe(130)
        seen.push(...page.items.map(({ runId }) => runId))
        before = page.next
      } while (before !== null)
      expect(seen).toEqual(ids.reverse())
    })

    test('are filtered by status, drill, host, time and words', async () => {
      const { hostId, clientId } = await addHost(open())
      let added = 0
      const add = (title: string, changes: Parameters<typeof rowOf>[1], hosts: string[] = []) =>
        open().runs.create(rowOf(clientId, { runId: ulid(1_000 + added++), title, ...changes }), null, hosts)
      const ended = { phase: 'ended', endedMs: 9 } as const
      await add('Passed 100%', { ...ended, outcome: 'passed', restoration: 'identical', startedMs: 10 }, [hostId])
      await add('Late', { ...ended, outcome: 'missed', startedMs: 20, drill: 'isp-failover' })
      await add('Stuck', { ...ended, outcome: 'passed', restoration: 'stuck', startedMs: 30 })
      await add('Now', { startedMs: 40, summary: 'The ERP is down.' }, [hostId])
      expect(await found({ status: 'under way' })).toEqual(['Now'])
      expect(await found({ status: 'not passed' })).toEqual(['Stuck', 'Late'])
      expect(await found({ status: 'missed' })).toEqual(['Late'])
      expect(await found({ drill: 'isp-failover' })).toEqual(['Late'])
      expect(await found({ hostId })).toEqual(['Now', 'Passed 100%'])
      expect(await found({ fromMs: 20, toMs: 40 })).toEqual(['Stuck', 'Late'])
      expect(await found({ text: 'erp down' })).toEqual(['Now'])
      expect(await found({ text: '0%' })).toEqual(['Passed 100%'])
      expect(await found({ text: '%' })).toEqual(['Passed 100%'])
      await add('Übung: Überprüfung', { ...ended, outcome: 'failed', startedMs: 50 })
      for (const text of ['übung', 'ÜBERPRÜFUNG', 'Überprüfung übung']) {
        expect([text, await found({ text })]).toEqual([text, ['Übung: Überprüfung']])
      }
      expect(await found({ clientIds: [ulid()] })).toEqual([])
      expect(await found({ clientIds: [] })).toEqual([])
    })

    test('which runs a stop of everything concerns: those under way, and those that ended after it, however many came later', async () => {
      const { clientId } = await open().clients.first()
      const add = async (title: string, startedMs: number, endedMs: number | null) => {
        const outcome = endedMs === null ? null : ('aborted' as const)
        await open().runs.create(rowOf(clientId, { title, startedMs, endedMs, outcome }), null, [])
      }
      await add('before', 1, 5)
      await add('stopped', 2, 20)
      await add('under way', 3, null)
      for (let n = 0; n < 150; n += 1) await add('later', 100 + n, 200 + n)
      const concerned = async (since: { sinceMs: number; begunMs: number } | null) =>
        (await open().runs.concerned(clientId, since)).map(({ title }) => title).sort()
      expect(await concerned({ sinceMs: 10, begunMs: 50 })).toEqual(['stopped', 'under way'])
      expect(await concerned(null)).toEqual(['under way'])
    })

    test('which host is held, and which has not confirmed, is known of all at once', async () => {
      const [a, b] = [await addHost(open()), await addHost(open())]
      const { clientId } = a
      const row = rowOf(clientId)
      await open().runs.create(row, null, [a.hostId])
      const past = rowOf(clientId)
      await open().runs.create(past, null, [b.hostId])
      await open().runs.update({ ...past, phase: 'ended', outcome: 'failed', restoration: 'unknown', endedMs: 9 })
      expect(await open().runs.held([clientId])).toEqual(new Map([[a.hostId, row.runId]]))
      expect(await open().runs.allUnconfirmed([clientId])).toEqual(new Map([[b.hostId, [past.runId]]]))
      expect(await open().runs.held([ulid()])).toEqual(new Map())
    })
  })
}
