import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Ulid } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'
import BetterSqlite from 'better-sqlite3'
import { ulid } from 'ulid'
import { describe, expect, onTestFinished, test } from 'vitest'
import { migrate } from '../../src/store/sqlite/migrate.ts'
import { migrations } from '../../src/store/sqlite/migrations/index.ts'
import { openSqlite } from '../../src/store/sqlite/open-sqlite.ts'
import { sqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { StoredHost } from '../../src/store/store.ts'
import { chainOf, newEpoch } from '../support/lines.ts'
import { openStore } from '../support/store.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

async function addHost(store: ReturnType<typeof openStore>['store'], n = 0): Promise<StoredHost> {
  const { clientId } = await store.clients.first()
  const hostId = `h-${n.toString(16).padStart(24, '0')}`
  const host: StoredHost = {
    ...{ hostId, clientId, name: `srv-${n}`, labels: {}, proposedLabels: {}, state: 'approved', publicKey: `key ${n}` },
    ...{ enrolledMs: 1, lastSeenMs: null, inventory: null },
  }
  await store.hosts.add(host)
  return host
}

function runOf(clientId: Ulid, n: string): RunRow {
  const row = { runId: `01HZZZZZZZZZZZZZZZZZZZZZZ${n}`, clientId, drill: 'd', title: 't', mode: 'live' } as const
  const state = { phase: 'planned', outcome: null, effect: 'not seen', restoration: 'pending' } as const
  return { ...row, ...state, startedMs: 1, endedMs: null, summary: '' }
}

describe('the database', () => {
  test('is in WAL mode, with foreign keys', () => {
    const { database } = openStore()
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1)
  })

  test('has a client on every row, except the controller’s own', () => {
    const { database } = openStore()
    const tables = database
      .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
    const without = tables.filter(({ name }) => {
      const columns = database.pragma(`table_info(${name})`) as { name: string; notnull: number; pk: number }[]
      return !columns.some((column) => column.name === 'client_id' && (column.notnull === 1 || column.pk === 1))
    })
    expect(without.map(({ name }) => name).sort()).toEqual(['restores', 'schema_version', 'settings', 'store_state'])
  })

  test.each(['facts', 'incidents', 'run_hosts'])('refuses by itself to change or remove %s', async (table) => {
    const { store, database } = openStore()
    const { hostId, clientId } = await addHost(store)
    await store.facts.ingest(hostId, clientId, chainOf(newEpoch(), 1), 1)
    const nothing = { epoch: null, seq: null, digest: null, line: null }
    await store.incidents.add({ clientId, hostId, kind: 'duplicate agent', ...nothing, reason: 'r', atMs: 1 })
    await store.runs.create(runOf(clientId, '1'), null, [hostId])
    expect(() => database.exec(`UPDATE ${table} SET client_id = client_id`)).toThrow('append-only')
    expect(() => database.exec(`DELETE FROM ${table}`)).toThrow('append-only')
    expect(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({ n: 1 })
  })

  test('cannot hold a host for two runs, whatever is asked of it', async () => {
    const { store, database } = openStore()
    const { hostId, clientId } = await addHost(store)
    const [held, other] = [runOf(clientId, '1'), runOf(clientId, '2')]
    await store.runs.create(held, null, [hostId])
    await store.runs.create(other, null, [])
    const insert = database.prepare('INSERT INTO held_hosts (host_id, client_id, run_id) VALUES (?, ?, ?)')
    expect(() => insert.run(hostId, clientId, other.runId)).toThrow('UNIQUE')
    const both = await Promise.allSettled(['3', '4'].map((n) => store.runs.create(runOf(clientId, n), null, [hostId])))
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await store.runs.update({ ...held, phase: 'ended', outcome: 'passed', endedMs: 2 })
    const free = await Promise.allSettled(['5', '6'].map((n) => store.runs.create(runOf(clientId, n), null, [hostId])))
    expect(free.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('lets no other process write between what a method reads and what it writes', async () => {
    const folder = temporaryFolder()
    const { store } = openStore(folder)
    const { clientId } = await store.clients.first()
    const other = new BetterSqlite(join(folder, 'controller.db'), { timeout: 0 })
    onTestFinished(() => void other.close())
    const rename = other.prepare('UPDATE clients SET name = ?')
    const webhook = { webhookId: ulid(), clientId, url: 'https://example.test/', purpose: 'pager', secret: 's' }
    const added = store.webhooks.add(webhook, 1)
    let refused = 0
    // Kysely works in microtasks: this one tries at every point at which it could come in between.
    for (let turn = 0; turn < 200; turn += 1) {
      try {
        rename.run(`Name ${turn}`)
      } catch {
        refused += 1
      }
      await Promise.resolve()
    }
    await added
    expect(refused).toBeGreaterThan(0)
    expect(await store.webhooks.ofClient(clientId)).toEqual([webhook])
  })

  test('holds the hosts of an unended run that an older controller left', async () => {
    const folder = temporaryFolder()
    const older = openStore(folder)
    const { hostId, clientId } = await addHost(older.store)
    const [left, over] = [runOf(clientId, '1'), runOf(clientId, '2')]
    await older.store.runs.create({ ...over, phase: 'ended', outcome: 'passed', endedMs: 2 }, null, [hostId])
    await older.store.runs.create(left, null, [hostId])
    older.database.exec('DROP TABLE held_hosts; DELETE FROM schema_version WHERE version = 9')
    await older.store.close()
    const { store } = openStore(folder)
    expect(await store.runs.holding(hostId)).toBe(left.runId)
    expect(await store.runs.held([clientId])).toEqual(new Map([[hostId, left.runId]]))
  })

  test('keeps what was committed when it is opened again', async () => {
    const folder = temporaryFolder()
    const first = openStore(folder)
    const { hostId, clientId } = await addHost(first.store)
    const epoch = newEpoch()
    await first.store.facts.ingest(hostId, clientId, chainOf(epoch, 4), 1)
    await first.store.close()
    const second = openStore(folder)
    expect(await second.store.facts.cursor(hostId, epoch)).toEqual({ epoch, seq: 3 })
    expect(statSync(join(folder, 'controller.db')).size).toBeGreaterThan(0)
  })
})

describe('a restored store', () => {
  test('takes facts of a run that it has lost outside of any run, with one integrity alert', async () => {
    const { store, database } = openStore()
    const { hostId, clientId } = await addHost(store)
    const runId = '01HZZZZZZZZZZZZZZZZZZZZZZZ'
    const lost = (epoch: string) =>
      chainOf(epoch, 3).map((line) => ({
        ...line,
        runId,
        fact: { ...line.fact, event: { type: 'lease.lost' as const, runId } },
      }))
    await store.facts.ingest(hostId, clientId, lost(newEpoch()), 1)
    const kinds = async () => (await store.incidents.ofClient(clientId, 10)).map(({ kind }) => kind)
    expect(await kinds()).toEqual(['foreign run', 'foreign run', 'foreign run'])
    database.exec('INSERT INTO restores VALUES (2, 1, 0, 1)')
    const epoch = newEpoch()
    const { cursor } = await store.facts.ingest(hostId, clientId, lost(epoch), 1)
    expect(cursor).toEqual({ epoch, seq: 2 })
    expect((await kinds()).filter((kind) => kind === 'store restored')).toHaveLength(1)
    expect(await store.facts.ofRun(runId)).toEqual([])
  })

  test('asks each of its hosts once for what it has kept', async () => {
    const { store, database } = openStore()
    const { hostId } = await addHost(store)
    expect(await store.hosts.takeOwing(hostId)).toBe(false)
    database.exec('UPDATE hosts SET owes_facts = 1')
    expect(await store.hosts.takeOwing(hostId)).toBe(true)
    expect(await store.hosts.takeOwing(hostId)).toBe(false)
  })
})

describe('migrations', () => {
  test('run in order, once each', () => {
    const database = new BetterSqlite(':memory:')
    const ran: number[] = []
    const list = [1, 2].map((version) => ({ version, up: () => void ran.push(version) }))
    migrate(database, list.slice(0, 1))
    migrate(database, list)
    migrate(database, list)
    expect(ran).toEqual([1, 2])
  })

  test('one that fails leaves nothing of itself behind', () => {
    const database = new BetterSqlite(':memory:')
    const broken = {
      version: 1,
      up: (db: BetterSqlite.Database) => {
        db.exec('CREATE TABLE half (x) ')
        throw new Error('broken')
      },
    }
    expect(() => migrate(database, [broken])).toThrow('broken')
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").all()).toEqual([])
    expect(database.prepare('SELECT * FROM schema_version').all()).toEqual([])
  })

  test('what hosts reported before lists were paged is found, searched and shown as before', async () => {
    const file = join(temporaryFolder(), 'controller.db')
    const older = new BetterSqlite(file)
    migrate(
      older,
      migrations.filter(({ version }) => version < 7),
    )
    const inventory = {
      os: 'Debian 12',
      addresses: ['192.0.2.4'],
      menu: { actions: [] },
      journal: { readable: true, stuck: 1 },
    }
    older.exec("INSERT INTO clients VALUES ('c', 'Our company', 1)")
    const values = ['h-1', 'c', 'erp', '{"role":"web"}', 'approved', 'key', 1, JSON.stringify(inventory)]
    older
      .prepare(
        'INSERT INTO hosts (host_id, client_id, name, labels, state, public_key, enrolled_ms, inventory) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(...values)
    older.close()
    const store = sqliteStore(openSqlite(file))
    expect((await store.hosts.byId('h-1'))?.inventory).toEqual(inventory)
    const query = {
      clientIds: ['c'],
      order: 'attention',
      busy: [],
      attention: [],
      online: [],
      link: null,
      state: null,
    } as const
    const page = await store.hosts.page({ ...query, text: 'debian role:web', limit: 5, cursor: null })
    const { menu: _, ...reported } = inventory
    expect(page).toMatchObject({ total: 1, items: [{ name: 'erp', inventory: reported }] })
    await store.close()
  })

  test('data of a newer controller is refused', () => {
    const file = join(temporaryFolder(), 'controller.db')
    const database = openSqlite(file)
    database
      .prepare('INSERT INTO schema_version VALUES (?, 0)')
      .run(Math.max(...migrations.map(({ version }) => version)) + 1)
    database.close()
    expect(() => openSqlite(file)).toThrow('newer controller')
  })
})

describe('a full disk', () => {
  /** Leaves room for a few pages only; SQLite then fails exactly as it does on a full disk. */
  function fill(database: BetterSqlite.Database): void {
    const pages = database.pragma('page_count', { simple: true }) as number
    database.pragma(`max_page_count = ${pages + 2}`)
  }

  test('facts are refused as a whole, and taken once there is room again', async () => {
    const { store, database } = openStore()
    const { hostId, clientId } = await addHost(store)
    const [epoch, lines] = [newEpoch(), chainOf('ab'.repeat(16), 500)]
    const batch = lines.map((line) => ({ ...line, epoch }))
    fill(database)
    await expect(store.facts.ingest(hostId, clientId, batch, 1)).rejects.toMatchObject({
      code: 'storage-full',
      retry: true,
    })
    expect(await store.facts.cursor(hostId, epoch)).toBeNull()
    database.pragma('max_page_count = 1000000')
    await expect(store.facts.ingest(hostId, clientId, batch, 2)).resolves.toMatchObject({ cursor: { seq: 499 } })
  })

  test('of agents that share a commit, none is informed that its facts are safe', async () => {
    const { store, database } = openStore()
    const hosts = [await addHost(store, 1), await addHost(store, 2), await addHost(store, 3)]
    fill(database)
    const epoch = newEpoch()
    const results = await Promise.allSettled(
      hosts.map(({ hostId, clientId }, index) =>
        store.facts.ingest(hostId, clientId, chainOf(epoch, index === 1 ? 500 : 1), 1),
      ),
    )
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected'])
    for (const { hostId } of hosts) expect(await store.facts.cursor(hostId, epoch)).toBeNull()
  })

  test('ordinary records say so too, and the store goes on afterwards', async () => {
    const { store, database } = openStore()
    const { clientId, hostId } = await addHost(store)
    fill(database)
    const webhook = { clientId, url: 'x'.repeat(50_000), purpose: '', secret: '' }
    await expect(store.webhooks.add({ webhookId: 'a', ...webhook }, 20)).rejects.toMatchObject({ code: 'storage-full' })
    const row = { runId: 'r', clientId, drill: 'd', title: 't', mode: 'live', phase: 'planned', outcome: null } as const
    const rest = { effect: 'not seen', restoration: 'pending', startedMs: 1, endedMs: null } as const
    const run = store.runs.create({ ...row, ...rest, summary: 'y'.repeat(50_000) }, null, [hostId])
    await expect(run).rejects.toMatchObject({ code: 'storage-full' })
    database.pragma('max_page_count = 1000000')
    await store.webhooks.add({ webhookId: 'a', ...webhook }, 20)
    expect(await store.runs.holding(hostId)).toBeNull()
  })

  test('a run whose first fact finds no room is not begun: it holds no host, also not after a restart', async () => {
    const folder = temporaryFolder()
    const { store, database } = openStore(folder)
    const { clientId, hostId } = await addHost(store)
    const row = { runId: 'r', clientId, drill: 'd', title: 't', mode: 'live', phase: 'planned', outcome: null } as const
    const rest = { effect: 'not seen', restoration: 'pending', startedMs: 1, endedMs: null, summary: '' } as const
    const line = 'z'.repeat(50_000)
    const event = { type: 'controller.restarted', runId: 'r' } as const
    const fact = { epoch: newEpoch(), seq: 0, prev: null, digest: `sha256:${'0'.repeat(64)}`, runId: 'r', line, event }
    const begin = () => store.runs.create({ ...row, ...rest }, null, [hostId], { facts: [fact], receivedMs: 1 })
    fill(database)
    await expect(begin()).rejects.toMatchObject({ code: 'storage-full' })
    expect(await store.runs.unended()).toEqual([])
    database.pragma('max_page_count = 1000000')
    await begin()
    expect(await store.runs.holding(hostId)).toBe('r')
    await store.close()
    expect(await openStore(folder).store.facts.linesOfRun('r')).toHaveLength(1)
  })
})
