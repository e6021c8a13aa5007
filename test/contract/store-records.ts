import { randomBytes } from 'node:crypto'
import type { Store, StoredHost, StoredSchedule, StoredUser } from '@chaos-lite/controller'
import type { ControllerEvent } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { addHost, digestOf, hostOf, newEpoch, newHostId, rowOf, ulid } from './store-fixtures.ts'

const hash = () => randomBytes(32).toString('hex')

async function addUser(store: Store, changes: Partial<StoredUser> = {}): Promise<StoredUser> {
  const { clientId } = await store.clients.first()
  const user: StoredUser = {
    ...{ userId: ulid(), clientId, name: ulid(), role: 'administrator', passwordHash: 'x', mustChangePassword: true },
    sessionEpoch: 0,
    ...changes,
  }
  await store.users.add(user)
  return user
}

const schedule = (clientId: string): StoredSchedule => ({
  ...{ scheduleId: ulid(), clientId, name: 'Quarterly', drill: 'failover', params: { standby: '192.0.2.7' } },
  ...{ cron: '0 16 * 1,4,7,10 5#1', timeZone: 'Asia/Karachi', paused: false },
  ...{ lastSlotMs: null, openSlotMs: null, lastOutcome: null, createdMs: 1 },
  ...{ sinceMs: 1, nextSlotMs: null, trouble: null },
})

/** Everything that is not a fact. */
export function testRecords(open: () => Store): void {
  test('the first client is made once, by many who ask for it at the same time', async () => {
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => open().clients.first()))
    for (const other of others) expect(other).toEqual(first)
    expect(await open().clients.first()).toEqual(first)
    expect(await open().clients.all()).toEqual([first])
  })

  describe('users and log-ins', () => {
    test('a new password raises the session epoch and need not be changed again', async () => {
      const user = await addUser(open())
      expect(await open().users.byName(user.name)).toEqual(user)
      const changed = await open().users.setPassword(user.userId, 'y')
      expect(changed).toMatchObject({ passwordHash: 'y', mustChangePassword: false, sessionEpoch: 1 })
      expect(await open().users.byId(user.userId)).toEqual(changed)
      expect(await open().users.count()).toBe(1)
    })

    test('of two new passwords that were proved with the same old one, the first is set', async () => {
      const { userId } = await addUser(open())
      const both = ['y', 'z'].map((next) => open().users.setPassword(userId, next, { ifEpoch: 0 }))
      expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
      await expect(open().users.setPassword(userId, 'z', { ifEpoch: 0 })).rejects.toMatchObject({ code: 'wrong-state' })
      expect(await open().users.byId(userId)).toMatchObject({ passwordHash: 'y', sessionEpoch: 1 })
    })

    test('a user who is not there is not found', async () => {
      expect(await open().users.byName('nobody')).toBeNull()
      await expect(open().users.setPassword(ulid(), 'y')).rejects.toMatchObject({ code: 'not-found' })
    })

    test('a log-in is found until it expires or is removed', async () => {
      const { userId } = await addUser(open())
      const logIn = {
        hash: hash(),
        kind: 'session' as const,
        userId,
        sessionEpoch: 0,
        createdMs: 1,
        expiresMs: 100,
        data: '{}',
      }
      await open().logIns.put(logIn)
      expect(await open().logIns.get(logIn.hash, 99)).toEqual(logIn)
      expect(await open().logIns.get(logIn.hash, 100)).toBeNull()
      await open().logIns.put({ ...logIn, expiresMs: 200, data: '{"a":1}' })
      expect(await open().logIns.get(logIn.hash, 150)).toMatchObject({ data: '{"a":1}' })
      await open().logIns.remove(logIn.hash)
      expect(await open().logIns.get(logIn.hash, 50)).toBeNull()
    })

    test('sweeping removes what expired and what is of an older epoch', async () => {
      const { userId } = await addUser(open())
      const base = { kind: 'token' as const, userId, createdMs: 1, data: '' }
      const [old, expired, good] = [hash(), hash(), hash()]
      await open().users.setPassword(userId, 'y')
      await open().logIns.put({ ...base, hash: old, sessionEpoch: 0, expiresMs: 1_000 })
      await open().logIns.put({ ...base, hash: expired, sessionEpoch: 1, expiresMs: 10 })
      await open().logIns.put({ ...base, hash: good, sessionEpoch: 1, expiresMs: 1_000 })
      await open().logIns.sweep(50)
      const left = await Promise.all([old, expired, good].map((one) => open().logIns.get(one, 0)))
      expect(left.map((one) => one?.hash ?? null)).toEqual([null, null, good])
    })
  })

  describe('hosts', () => {
    test('a host comes back as it was added, by id and by key', async () => {
      const host = await addHost(open())
      expect(await open().hosts.byId(host.hostId)).toEqual(host)
      expect(await open().hosts.byPublicKey(host.publicKey)).toEqual(host)
      const { inventory: _, ...row } = host
      expect(await open().hosts.ofClient(host.clientId)).toEqual([row])
      expect(await open().hosts.ofClient(ulid())).toEqual([])
      expect(await open().hosts.byId(newHostId())).toBeNull()
    })

    test('a key belongs to one host', async () => {
      const { publicKey, clientId } = await addHost(open())
      await expect(open().hosts.add(hostOf(clientId, { publicKey }))).rejects.toMatchObject({ code: 'already-exists' })
    })

    test('a host that one administrator revokes while another approves it is revoked, in either order', async () => {
      for (const states of [['revoked', 'approved'] as const, ['approved', 'revoked'] as const]) {
        const { hostId } = await addHost(open(), { state: 'pending' })
        await Promise.allSettled(states.map((state) => open().hosts.setState(hostId, state)))
        expect(await open().hosts.byId(hostId)).toMatchObject({ state: 'revoked' })
      }
    })

    test('a revoked host stays revoked', async () => {
      const { hostId } = await addHost(open(), { state: 'pending' })
      expect(await open().hosts.setState(hostId, 'approved')).toMatchObject({ state: 'approved' })
      expect(await open().hosts.setState(hostId, 'revoked')).toMatchObject({ state: 'revoked' })
      await expect(open().hosts.setState(hostId, 'approved')).rejects.toMatchObject({ code: 'wrong-state' })
      expect(await open().hosts.byId(hostId)).toMatchObject({ state: 'revoked' })
    })

    test('a host replaces another one of its name: approved and revoked together, or neither', async () => {
      const old = await addHost(open(), { state: 'approved', name: 'erp' })
      const { hostId, clientId } = await addHost(open(), { state: 'pending', name: 'erp' })
      const alone = { replaces: null, besides: false }
      await expect(open().hosts.approve(hostId, alone)).rejects.toMatchObject({
        code: 'already-exists',
        message: expect.stringContaining(`chaos-lite host approve ${hostId} --replaces ${old.hostId}`),
      })
      await expect(open().hosts.approve(hostId, { ...alone, replaces: newHostId() })).rejects.toMatchObject({
        code: 'not-found',
      })
      await expect(open().hosts.approve(hostId, { ...alone, replaces: hostId })).rejects.toMatchObject({
        code: 'request-invalid',
      })
      const states = async () => (await open().hosts.ofClient(clientId)).map((one) => [one.hostId, one.state]).sort()
      expect(await states()).toEqual(
        [
          [old.hostId, 'approved'],
          [hostId, 'pending'],
        ].sort(),
      )
      expect(await open().hosts.approve(hostId, { ...alone, replaces: old.hostId })).toMatchObject({
        state: 'approved',
      })
      expect(await states()).toEqual(
        [
          [old.hostId, 'revoked'],
          [hostId, 'approved'],
        ].sort(),
      )
      // A host that was revoked comes back by no way, and takes nobody with it.
      await expect(open().hosts.approve(old.hostId, { ...alone, replaces: hostId })).rejects.toMatchObject({
        code: 'wrong-state',
      })
      expect(await states()).toEqual(
        [
          [old.hostId, 'revoked'],
          [hostId, 'approved'],
        ].sort(),
      )
    })

    test('two hosts of one name are approved where somebody says so', async () => {
      await addHost(open(), { state: 'approved', name: 'erp' })
      const { hostId } = await addHost(open(), { state: 'pending', name: 'erp' })
      expect(await open().hosts.approve(hostId, { replaces: null, besides: true })).toMatchObject({ state: 'approved' })
    })

    test('labels and the last sign of life are kept', async () => {
      const { hostId } = await addHost(open())
      expect(await open().hosts.setLabels(hostId, { role: 'standby' })).toMatchObject({ labels: { role: 'standby' } })
      await open().hosts.setSeen(hostId, 77)
      expect(await open().hosts.byId(hostId)).toMatchObject({ lastSeenMs: 77 })
    })
  })

  describe('enrolment tokens', () => {
    const aToken = async (changes: { approve?: boolean; labels?: Record<string, string> } = {}) => {
      const { clientId } = await open().clients.first()
      const token = {
        hash: hash(),
        clientId,
        labels: { site: 'b' },
        expiresMs: 100,
        approve: true,
        by: 'admin',
        ...changes,
      }
      await open().tokens.add(token)
      return token
    }
    const enrolling = (changes: Partial<StoredHost> = {}) => {
      const { hostId, name, publicKey } = hostOf('')
      return { hostId, name, publicKey, proposedLabels: {}, enrolledMs: 50, ...changes }
    }

    test('a token brings in one host, of many that come with it at the same time', async () => {
      const { clientId, hash: token } = await aToken()
      const came = await Promise.allSettled(Array.from({ length: 10 }, () => open().hosts.enroll(token, enrolling())))
      expect(came.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
      expect(await open().hosts.ofClient(clientId)).toMatchObject([{ state: 'approved', labels: { site: 'b' } }])
    })

    test('an expired or unknown token brings in nobody', async () => {
      const { clientId, hash: token } = await aToken()
      for (const [given, host] of [
        [token, enrolling({ enrolledMs: 100 })],
        [hash(), enrolling()],
      ] as const) {
        await expect(open().hosts.enroll(given, host)).rejects.toMatchObject({ code: 'not-allowed' })
      }
      expect(await open().hosts.ofClient(clientId)).toEqual([])
    })

    test('a host that is refused costs no token', async () => {
      const { publicKey } = await addHost(open())
      const { hash: token } = await aToken({ approve: false })
      await expect(open().hosts.enroll(token, enrolling({ publicKey }))).rejects.toMatchObject({
        code: 'already-exists',
      })
      expect(await open().hosts.enroll(token, enrolling())).toMatchObject({ state: 'pending' })
    })

    test('a host with the name of an approved one waits for an administrator, whatever the token says', async () => {
      const old = await addHost(open(), { state: 'approved', name: 'erp' })
      const enrolled = await open().hosts.enroll((await aToken()).hash, enrolling({ name: 'erp' }))
      expect(enrolled).toMatchObject({ state: 'pending' })
      await open().hosts.setState(old.hostId, 'revoked')
      const next = await open().hosts.enroll((await aToken()).hash, enrolling({ name: 'erp' }))
      expect(next).toMatchObject({ state: 'approved' })
    })

    test('labels of the token count; those of the host are proposals until somebody decides', async () => {
      const { hash: token } = await aToken({ labels: { role: 'web' } })
      const host = enrolling({ proposedLabels: { role: 'erp-primary', site: 'north' } })
      const stored = await open().hosts.enroll(token, host)
      expect(stored).toMatchObject({ labels: { role: 'web' }, proposedLabels: { site: 'north' } })
      expect(await open().hosts.byId(host.hostId)).toEqual(stored)
      const decided = await open().hosts.setLabels(host.hostId, { role: 'web', site: 'south' })
      expect(decided).toMatchObject({ labels: { role: 'web', site: 'south' }, proposedLabels: {} })
    })
  })

  describe('runs', () => {
    test('a run holds its hosts until it has ended', async () => {
      const { hostId, clientId } = await addHost(open())
      const row = rowOf(clientId)
      await open().runs.create(row, null, [hostId])
      expect(await open().runs.holding(hostId)).toBe(row.runId)
      expect(await open().runs.hostsOf(row.runId)).toEqual([hostId])
      expect(await open().runs.unended()).toEqual([row])
      await expect(open().runs.create(rowOf(clientId), null, [hostId])).rejects.toMatchObject({ code: 'host-busy' })
      const ended = { ...row, phase: 'ended', outcome: 'passed', endedMs: 9, summary: 'Done.' } as const
      await open().runs.update(ended)
      expect(await open().runs.byId(row.runId)).toEqual(ended)
      expect(await open().runs.holding(hostId)).toBeNull()
      await open().runs.create(rowOf(clientId), null, [hostId])
    })

    test('names the ended runs of which a host has not said how it came back, the newest first', async () => {
      const { hostId, clientId } = await addHost(open())
      const other = await addHost(open())
      const ends = async (restoration: 'identical' | 'pending' | 'unknown', host = hostId) => {
        const row = rowOf(clientId)
        await open().runs.create(row, null, [host])
        expect(await open().runs.unconfirmed(host)).not.toContain(row.runId)
        await open().runs.update({ ...row, phase: 'ended', outcome: 'failed', restoration, endedMs: 9 })
        return row.runId
      }
      expect(await open().runs.unconfirmed(hostId)).toEqual([])
      await ends('identical')
      const [first, second] = [await ends('pending'), await ends('unknown')]
      await ends('pending', other.hostId)
      expect(await open().runs.unconfirmed(hostId)).toEqual([first, second].sort().reverse())
      const row = await open().runs.byId(first)
      if (row !== null) await open().runs.update({ ...row, restoration: 'identical' })
      expect(await open().runs.unconfirmed(hostId)).toEqual([second])
    })

    test('of two runs that want one host at the same time, one gets it, and the other leaves nothing behind', async () => {
      const [a, b] = [await addHost(open()), await addHost(open())]
      const rows = [rowOf(a.clientId), rowOf(a.clientId)] as const
      const made = await Promise.allSettled([
        open().runs.create(rows[0], null, [a.hostId, b.hostId]),
        open().runs.create(rows[1], null, [b.hostId]),
      ])
      expect(made.map((one) => one.status)).toEqual(['fulfilled', 'rejected'])
      expect(await open().runs.byId(rows[1].runId)).toBeNull()
    })

    test('a run and its first facts are stored together, or not at all', async () => {
      const { hostId, clientId } = await addHost(open())
      const row = rowOf(clientId)
      const event: ControllerEvent = { type: 'controller.restarted', runId: row.runId }
      const { runId } = row
      const fact = { epoch: newEpoch(), seq: 0, prev: null, digest: digestOf('x'), runId, line: '{}', event }
      await open().facts.append(clientId, [fact], 1)
      const first = (seq: number) => ({ facts: [{ ...fact, seq }], receivedMs: 4 })
      // That number is taken: the fact cannot be stored.
      await expect(open().runs.create(row, null, [hostId], first(0))).rejects.toThrow()
      expect(await open().runs.byId(runId)).toBeNull()
      expect(await open().runs.holding(hostId)).toBeNull()
      await open().runs.create(row, null, [hostId], first(1))
      expect(await open().facts.linesOfRun(runId)).toMatchObject([
        { receivedMs: 1 },
        { source: 'controller', receivedMs: 4 },
      ])
      await expect(open().runs.create(rowOf(clientId), null, [hostId], first(2))).rejects.toMatchObject({
        code: 'host-busy',
      })
      expect(await open().facts.linesOfRun(runId)).toHaveLength(2)
    })

    test('a host that was revoked after the plan is in no run', async () => {
      const { hostId, clientId } = await addHost(open())
      await open().hosts.setState(hostId, 'revoked')
      const row = rowOf(clientId)
      await expect(open().runs.create(row, null, [hostId])).rejects.toMatchObject({ code: 'wrong-state' })
      expect(await open().runs.byId(row.runId)).toBeNull()
    })

    test('a record of something that never ran holds nobody up', async () => {
      const { hostId, clientId } = await addHost(open())
      await open().runs.create(rowOf(clientId), null, [hostId])
      await open().runs.create(rowOf(clientId, { phase: 'ended', outcome: 'missed', endedMs: 3 }), null, [hostId])
    })

    test('runs are listed newest first, a page at a time', async () => {
      const { clientId } = await open().clients.first()
      const ids = Array.from({ length: 5 }, (_, index) => ulid(1_000 + index))
      for (const runId of ids) await open().runs.create(rowOf(clientId, { runId, endedMs: 1 }), null, [])
      const newest = await open().runs.ofClient(clientId, { limit: 2, before: null })
      expect(newest.map((row) => row.runId)).toEqual([ids[4], ids[3]])
      const next = await open().runs.ofClient(clientId, { limit: 10, before: newest[1]?.runId ?? null })
      expect(next.map((row) => row.runId)).toEqual([ids[2], ids[1], ids[0]])
      expect(await open().runs.ofClient(ulid(), { limit: 10, before: null })).toEqual([])
    })
  })

  describe('schedules', () => {
    test('a slot is claimed by exactly one of many, and only forward', async () => {
      const one = schedule((await open().clients.first()).clientId)
      await open().schedules.add(one, 10)
      const claims = await Promise.all(
        Array.from({ length: 10 }, () => open().schedules.claim(one.scheduleId, 1_000, 2_000)),
      )
      expect(claims.filter(Boolean)).toHaveLength(1)
      expect(await open().schedules.claim(one.scheduleId, 999, 2_000)).toBe(false)
      expect(await open().schedules.claim(one.scheduleId, 1_001, 2_000)).toBe(true)
      expect(await open().schedules.claim(ulid(), 1_001, 2_000)).toBe(false)
      const openSlot = async () => (await open().schedules.byId(one.scheduleId))?.openSlotMs
      await open().schedules.recorded(one.scheduleId, 1_000)
      expect(await openSlot()).toBe(1_001)
      await open().schedules.recorded(one.scheduleId, 1_001)
      expect(await openSlot()).toBeNull()
      expect(await open().schedules.byId(one.scheduleId)).toEqual({ ...one, lastSlotMs: 1_001, nextSlotMs: 2_000 })
    })

    test('those that are due are found, the oldest slots first, none that is paused', async () => {
      const { clientId } = await open().clients.first()
      for (const [name, nextSlotMs, paused] of [
        ['later', 30, false],
        ['second', 20, false],
        ['first', 10, false],
        ['paused', 10, true],
        ['never', null, false],
      ] as const) {
        await open().schedules.add({ ...schedule(clientId), name, nextSlotMs, paused }, 10)
      }
      const names = async (limit: number) => (await open().schedules.due(20, limit)).map(({ name }) => name)
      expect(await names(10)).toEqual(['first', 'second'])
      expect(await names(1)).toEqual(['first'])
    })

    test('its next slot is noted, or why there is none', async () => {
      const one = schedule((await open().clients.first()).clientId)
      await open().schedules.add(one, 10)
      const next = { nextSlotMs: null, trouble: 'no such zone' }
      expect(await open().schedules.setNext(one.scheduleId, () => next)).toEqual({ ...one, ...next })
      expect(await open().schedules.byId(one.scheduleId)).toEqual({ ...one, ...next })
      expect(await open().schedules.setNext(one.scheduleId, () => next)).toBeNull()
      expect(await open().schedules.setNext(ulid(), () => next)).toBeNull()
    })

    test('no more schedules than allowed are added, by requests at the same time either', async () => {
      const { clientId } = await open().clients.first()
      const added = Array.from({ length: 5 }, () => open().schedules.add(schedule(clientId), 3))
      const refused = (await Promise.allSettled(added)).filter(({ status }) => status === 'rejected')
      expect(refused).toMatchObject(Array(2).fill({ reason: { code: 'too-many' } }))
      expect(await open().schedules.all()).toHaveLength(3)
    })

    test('of two who resume a schedule, the first one says from when on its slots count', async () => {
      const one = { ...schedule((await open().clients.first()).clientId), paused: true }
      await open().schedules.add(one, 10)
      const next = ({ sinceMs }: StoredSchedule) => ({ nextSlotMs: sinceMs + 1, trouble: null })
      const resumed = { ...one, paused: false, sinceMs: 50, nextSlotMs: 51 }
      const both = [50, 60].map((sinceMs) => open().schedules.resume(one.scheduleId, sinceMs, next))
      expect(await Promise.all(both)).toEqual([resumed, resumed])
      await expect(open().schedules.resume(ulid(), 50, next)).rejects.toMatchObject({ code: 'not-found' })
    })

    test('a next slot is computed from the schedule as it is when that is stored', async () => {
      const one = { ...schedule((await open().clients.first()).clientId), paused: true }
      await open().schedules.add(one, 10)
      const next = ({ sinceMs }: StoredSchedule) => ({ nextSlotMs: sinceMs + 1, trouble: null })
      await Promise.all([
        open().schedules.resume(one.scheduleId, 50, next),
        open().schedules.setNext(one.scheduleId, next),
      ])
      expect(await open().schedules.byId(one.scheduleId)).toMatchObject({ sinceMs: 50, nextSlotMs: 51 })
    })

    test('a slot that passed while the schedule was paused is not claimed after it was resumed', async () => {
      const one = schedule((await open().clients.first()).clientId)
      await open().schedules.add(one, 10)
      const next = () => ({ nextSlotMs: 2_000, trouble: null })
      const [, , claimed] = await Promise.all([
        open().schedules.pause(one.scheduleId),
        open().schedules.resume(one.scheduleId, 1_500, next),
        open().schedules.claim(one.scheduleId, 1_000, 2_000),
      ])
      expect(claimed).toBe(false)
      expect(await open().schedules.claim(one.scheduleId, 2_000, null)).toBe(true)
    })

    test('a schedule that was paused since it was found due is not claimed', async () => {
      const one = schedule((await open().clients.first()).clientId)
      await open().schedules.add(one, 10)
      const [, claimed] = await Promise.all([
        open().schedules.pause(one.scheduleId),
        open().schedules.claim(one.scheduleId, 1_000, null),
      ])
      expect(claimed).toBe(false)
      await open().schedules.resume(one.scheduleId, 999, () => ({ nextSlotMs: 1_000, trouble: null }))
      expect(await open().schedules.claim(one.scheduleId, 1_000, null)).toBe(true)
    })

    test('a schedule can be paused, given its outcome, and removed', async () => {
      const one = schedule((await open().clients.first()).clientId)
      await open().schedules.add(one, 10)
      expect(await open().schedules.pause(one.scheduleId)).toMatchObject({ paused: true })
      await open().schedules.setOutcome(one.scheduleId, 'passed')
      expect(await open().schedules.all()).toEqual([{ ...one, paused: true, lastOutcome: 'passed' }])
      await open().schedules.remove(one.scheduleId)
      expect(await open().schedules.byId(one.scheduleId)).toBeNull()
    })
  })

  describe('stops of everything', () => {
    test('the last one of each client is kept, never an earlier one', async () => {
      const { clientId } = await open().clients.first()
      expect(await open().stops.ofClient(clientId)).toBeNull()
      await open().stops.put(clientId, 7)
      await open().stops.put(clientId, 9)
      await open().stops.put(clientId, 8)
      expect(await open().stops.ofClient(clientId)).toBe(9)
      expect(await open().stops.ofClient(ulid())).toBeNull()
    })

    test('a client that nobody knows has none', async () => {
      await expect(open().stops.put(ulid(), 7)).rejects.toThrow()
    })
  })

  describe('webhooks and settings', () => {
    test('a webhook is removed only by its own client', async () => {
      const { clientId } = await open().clients.first()
      const webhook = { webhookId: ulid(), clientId, url: 'https://example.test/', purpose: 'pager', secret: 's' }
      await open().webhooks.add(webhook, 20)
      await expect(open().webhooks.remove(webhook.webhookId, ulid())).rejects.toMatchObject({ code: 'not-found' })
      expect(await open().webhooks.ofClient(clientId)).toEqual([webhook])
      await open().webhooks.remove(webhook.webhookId, clientId)
      expect(await open().webhooks.ofClient(clientId)).toEqual([])
    })

    test('no more webhooks than allowed are added, by requests at the same time either', async () => {
      const { clientId } = await open().clients.first()
      const webhook = { clientId, url: 'https://example.test/', purpose: 'pager', secret: 's' }
      const added = Array.from({ length: 5 }, () => open().webhooks.add({ ...webhook, webhookId: ulid() }, 3))
      expect((await Promise.allSettled(added)).filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
      expect(await open().webhooks.ofClient(clientId)).toHaveLength(3)
    })

    test('a setting is set once; whoever comes later gets what is there', async () => {
      expect(await open().settings.get('key')).toBeNull()
      const values = await Promise.all(['a', 'b', 'c'].map((value) => open().settings.setOnce('key', value)))
      expect(new Set(values).size).toBe(1)
      expect(await open().settings.get('key')).toBe(values[0])
    })
  })
}
