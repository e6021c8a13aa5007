import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openSqlite } from '../../src/store/sqlite/open-sqlite.ts'
import { sqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { chainOf, newEpoch } from '../support/lines.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** A store on a disk whose syncs are held until somebody lets them go, or makes them fail. */
function storeOnSlowDisk(longestMs?: number) {
  const held: { done(): void; failed(error: Error): void }[] = []
  const database = openSqlite(join(temporaryFolder(), 'controller.db'))
  const sync = () => new Promise<void>((resolve, reject) => void held.push({ done: resolve, failed: reject }))
  const store = sqliteStore(database, { sync, ...(longestMs === undefined ? {} : { longestMs }) })
  const letGo = setInterval(() => isFree && held.splice(0).forEach((each) => void each.done()), 1)
  let isFree = true
  onTestFinished(async () => {
    isFree = true
    await store.close()
    clearInterval(letGo)
  })
  return {
    ...{ database, store, held },
    hold: () => {
      isFree = false
    },
    free: () => {
      isFree = true
    },
  }
}

async function addHost({ store }: ReturnType<typeof storeOnSlowDisk>) {
  const { clientId } = await store.clients.first()
  const hostId = `h-${'0'.repeat(24)}`
  const host = { hostId, clientId, name: 'srv', labels: {}, proposedLabels: {}, state: 'approved' as const }
  await store.hosts.add({ ...host, publicKey: 'key', enrolledMs: 1, lastSeenMs: null, inventory: null })
  return { hostId, clientId }
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  void promise
    .finally(() => {
      settled = true
    })
    .catch(() => undefined)
  for (let turn = 0; turn < 20; turn += 1) await nextTurn()
  return settled
}

test('no commit is acknowledged before it is durable, and several share a sync', async () => {
  const disk = storeOnSlowDisk()
  const { store, held } = disk
  const { hostId, clientId } = await addHost(disk)
  disk.hold()
  const facts = store.facts.ingest(hostId, clientId, chainOf(newEpoch(), 3), 1)
  await expect.poll(() => held.length).toBe(1)
  const others = [store.hosts.setSeen(hostId, 5), store.settings.setOnce('one', 'two'), store.stops.put(clientId, 7)]
  expect(await Promise.all([facts, ...others].map(isSettled))).toEqual([false, false, false, false])
  held.splice(0).forEach((each) => void each.done())
  await facts
  await expect.poll(() => held.length).toBe(1)
  expect(await Promise.all(others.map(isSettled))).toEqual([false, false, false])
  held.splice(0).forEach((each) => void each.done())
  await Promise.all(others)
  expect(held).toEqual([])
})

test('an agent is never asked to forget facts that are not durable', async () => {
  const disk = storeOnSlowDisk()
  const { store, held } = disk
  const { hostId, clientId } = await addHost(disk)
  const epoch = newEpoch()
  disk.hold()
  const facts = store.facts.ingest(hostId, clientId, chainOf(epoch, 3), 1)
  await expect.poll(() => held.length).toBe(1)
  const cursor = store.facts.cursor(hostId, epoch)
  expect(await isSettled(cursor)).toBe(false)
  disk.free()
  await facts
  expect(await cursor).toEqual({ epoch, seq: 2 })
})

test('a sync that fails is reported as a full disk, and once one succeeds all is in the database itself', async () => {
  const disk = storeOnSlowDisk()
  const { store, held, database } = disk
  const { clientId } = await addHost(disk)
  disk.hold()
  const stop = store.stops.put(clientId, 7)
  await expect.poll(() => held.length).toBe(1)
  held.splice(0).forEach((each) => void each.failed(new Error('EIO: i/o error, fdatasync')))
  await expect(stop).rejects.toMatchObject({ code: 'storage-full', message: expect.stringContaining('FSYNC') })
  expect(store.failing()).toBe('SQLITE_IOERR_FSYNC')
  disk.free()
  await store.tryToWrite()
  expect(store.failing()).toBeNull()
  const [log] = database.pragma('wal_checkpoint(PASSIVE)') as { log: number; checkpointed: number }[]
  expect(log?.checkpointed).toBe(log?.log)
})

test('a disk that does not answer fails what is written, and takes one thread only', async () => {
  const disk = storeOnSlowDisk(50)
  const { store, held } = disk
  const { clientId } = await addHost(disk)
  disk.hold()
  await expect(store.stops.put(clientId, 7)).rejects.toMatchObject({ code: 'storage-full' })
  await expect(store.stops.put(clientId, 8)).rejects.toMatchObject({ code: 'storage-full' })
  expect(held).toHaveLength(1)
  expect(await store.stops.ofClient(clientId)).toBe(8)
  disk.free()
  await expect.poll(() => held.length).toBe(0)
  await store.stops.put(clientId, 9)
  expect(store.failing()).toBeNull()
})

test('commits of a store are synced by the system, not by SQLite', async () => {
  const database = openSqlite(join(temporaryFolder(), 'controller.db'))
  expect(database.pragma('synchronous', { simple: true })).toBe(2)
  const store = sqliteStore(database)
  expect(database.pragma('synchronous', { simple: true })).toBe(1)
  await store.settings.setOnce('one', 'two')
  await store.synced()
  await store.close()
})
