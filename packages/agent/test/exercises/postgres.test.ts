import { createHash } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backupRestore } from '../../src/exercises/backup-restore.ts'
import {
  makeCluster,
  must,
  postgresPrograms,
  type ScratchCluster,
  sql,
  wipeCluster,
} from '../../src/exercises/postgres/cluster.ts'
import type { RepositoryDefinition } from '../../src/policy/definitions.ts'
import { definitions, localHost, temporaryFolder } from '../fixtures/local-host.ts'
import { isRoot } from '../host/support.ts'
import { CANARY, HOUR_MS, restore } from './support.ts'

const sha256 = createHash('sha256').update(CANARY).digest('hex')
const signal = new AbortController().signal
const real = localHost()
const bin = await postgresPrograms().catch(() => null)

const FILL = `
  CREATE TABLE orders (id int PRIMARY KEY, part text, price float8, at timestamptz DEFAULT '2026-01-01 12:00Z');
  CREATE SCHEMA "odd schema"; CREATE TABLE "odd schema"."odd ""name""" (a bytea);
  CREATE TABLE notes (text text);
  INSERT INTO orders SELECT i, 'part ' || i, i / 3.0 FROM generate_series(1, 300) i;
  INSERT INTO notes VALUES ('${CANARY}'), (NULL);
`

/** The folders of servers that the exercise made, whoever else makes some at the same time. */
const made = new Set<string>()
const host: typeof real = {
  ...real,
  run: (argv, options) => {
    const [, folder] = /^--pgdata=(.*)\/data$/.exec(argv[1] ?? '') ?? []
    if (folder !== undefined) made.add(folder)
    return real.run(argv, options)
  },
}
const clusters = async () => {
  const there = await Promise.all(
    [...made].map((folder) =>
      stat(folder).then(
        () => folder,
        () => null,
      ),
    ),
  )
  return there.filter((folder) => folder !== null && !folder.includes('chaos-lite-test-'))
}

describe.runIf(isRoot && bin !== null)('restoring a PostgreSQL dump', { timeout: 120_000 }, () => {
  /** Stands in for the live server of the host: as the exercise makes them, in another place of its own. */
  let live: ScratchCluster
  let base: string
  let location: string
  let repository: RepositoryDefinition

  beforeAll(async () => {
    base = await mkdtemp('/var/tmp/chaos-lite-test-')
    await chmod(base, 0o711)
    live = await makeCluster(host, { bin: bin ?? '', signal, place: base, noted: async () => {} })
    await sql(host, live, 'scratch', FILL, signal)
    location = join(base, 'erp.dump')
    await dump(location)
    // As psql reaches a server elsewhere: by its environment.
    const env = { PGHOST: live.folder, PGUSER: 'scratch' }
    repository = {
      ...{ driver: 'postgres', location, database: 'scratch', env },
      ...{ canary: { file: 'notes.text', sha256 }, newest: 'orders.at' },
    }
  })
  afterAll(async () => {
    if (live !== undefined) await wipeCluster(host, live)
    if (base !== undefined) await rm(base, { recursive: true, force: true })
  })

  async function dump(to: string): Promise<void> {
    const argv = [join(bin ?? '', 'pg_dump'), '--format=custom', `--file=${to}`, `--host=${live.folder}`] as const
    await must(await host.run([...argv, '--username=scratch', 'scratch'], { timeoutMs: 60_000 }), 'pg_dump')
    const hence = new Date(Date.now() - HOUR_MS)
    await utimes(to, hence, hence)
  }

  it('brings every table back, finds the canary, and leaves no server behind', async () => {
    const before = await readFile(location)
    const result = await restore(repository, {}, { host })
    expect(result).toMatchObject({ ok: true, differences: [], canary: 'returned', items: 302 })
    expect(result.reason).toMatch(/compared with the database scratch, 3 tables by the digests of their rows; 0 diff/)
    expect(result.phases).toEqual(['open', 'list', 'restore', 'compare', 'wipe'])
    expect(Math.abs(Date.now() - Date.UTC(2026, 0, 1, 12) - (result.dataAgeMs ?? 0))).toBeLessThan(600_000)
    expect(await readdir(result.scratch)).toEqual([])
    expect(await clusters()).toEqual([])
    expect((await readFile(location)).equals(before)).toBe(true)
  })

  it('says beforehand what it will read', async () => {
    const context = {
      ...{ host, local: definitions({}, { nightly: repository }), signal },
      ...{ scratchFolder: '/nowhere', quarantine: () => null },
    }
    const params = backupRestore.params.parse({ repository: 'nightly' })
    expect((await backupRestore.prepare(context, params)).join(' ')).toMatch(
      /\(postgres, all of it\).*not changed.*Compares it with the database scratch, reading only.*canary notes\.text/s,
    )
  })

  it('measures the age by the dump, and is failed by a canary that did not come back', async () => {
    const { newest: _, ...unnamed } = repository
    const other = { file: 'notes.text', sha256: '0'.repeat(64) }
    const { dataAgeMs, ...result } = await restore({ ...unnamed, canary: other })
    expect(dataAgeMs).toBeGreaterThanOrEqual(HOUR_MS)
    expect(dataAgeMs).toBeLessThan(HOUR_MS + 600_000)
    expect(result).toMatchObject({ ok: false, canary: 'missing', differences: [] })
  })

  it('is compared with a live database that went on, which is only read', async () => {
    await sql(
      host,
      live,
      'scratch',
      "INSERT INTO orders VALUES (1000, 'later'); DELETE FROM orders WHERE id = 3",
      signal,
    )
    const result = await restore(repository, {}, { host })
    expect(result).toMatchObject({ ok: true, differences: [] })
    expect(result.reason).toContain('2 changed since the backup')
    await sql(
      host,
      live,
      'scratch',
      "DELETE FROM orders WHERE id = 1000; INSERT INTO orders VALUES (3, 'part 3', 1)",
      signal,
    )
  })

  it('is failed by a table that the dump does not hold, or holds empty', async () => {
    await sql(host, live, 'scratch', 'CREATE TABLE added (a int); INSERT INTO added VALUES (1)', signal)
    expect((await restore(repository, {}, { host })).differences).toEqual(['the table public.added did not come back'])
    await sql(host, live, 'scratch', 'DELETE FROM added', signal)
    const empty = join(base, 'empty.dump')
    await dump(empty)
    await sql(host, live, 'scratch', 'INSERT INTO added VALUES (1)', signal)
    expect((await restore({ ...repository, location: empty })).differences).toEqual([
      'the table public.added came back empty, the live one has 1 rows',
    ])
    await sql(host, live, 'scratch', 'DROP TABLE added', signal)
  })

  it('fails with a clear word when the dump is damaged, and leaves nothing behind', async () => {
    const bytes = await readFile(location)
    const hurt = join(base, 'hurt.dump')
    await writeFile(hurt, Buffer.concat([bytes.subarray(0, bytes.length - 1500), Buffer.alloc(1500, 0xa5)]))
    const result = await restore({ ...repository, location: hurt }, {}, { host })
    expect(result).toMatchObject({ ok: false, items: 0 })
    expect(result.reason).toMatch(/The dump .*hurt\.dump could not be restored/)
    expect(await readdir(result.scratch)).toEqual([])
    expect(await clusters()).toEqual([])
  })

  it('fails when the live database cannot be asked, and takes no plain dump', async () => {
    const gone = await restore({ ...repository, database: 'gone' })
    expect(gone).toMatchObject({ ok: false, reason: expect.stringMatching(/live database gone.*does not exist/) })
    const plain = join(base, 'plain.sql')
    await writeFile(plain, 'CREATE TABLE a (b int);')
    const refused = await restore({ ...repository, location: plain })
    expect(refused).toMatchObject({ ok: false, reason: expect.stringMatching(/pg_dump --format=custom/) })
  })

  it('leaves no server behind when it is stopped in the middle', async () => {
    const stop = new AbortController()
    const run: typeof host.run = (argv, options) => {
      if (argv[0].endsWith('/pg_restore') && !argv.includes('--list')) stop.abort()
      return host.run(argv, options)
    }
    const result = await restore(repository, {}, { signal: stop.signal, host: { ...host, run } })
    expect(result.ok).toBe(false)
    expect(await clusters()).toEqual([])
  })

  it('is wiped with the rights of its own account only, so that no link leads root elsewhere', async () => {
    const folder = await mkdtemp(join(base, 'wiped-'))
    await mkdir(join(folder, 'data'))
    await mkdir(join(folder, 'of-root'), { mode: 0o700 })
    await writeFile(join(folder, 'of-root', 'file'), 'kept')
    const { uid, gid } = await host.accounts.account('nobody')
    for (const path of [folder, join(folder, 'data')]) await chown(path, uid, gid)
    await expect(wipeCluster(host, { folder, bin: bin ?? '' })).rejects.toThrow('ENOTEMPTY')
    expect(await readdir(folder)).toEqual(['of-root'])
    expect(await readFile(join(folder, 'of-root', 'file'), 'utf8')).toBe('kept')
  })

  it('clears away what a killed agent left behind', async () => {
    const scratchFolder = await temporaryFolder()
    await mkdir(join(scratchFolder, 'restore'))
    const noted = (made: unknown) => writeFile(join(scratchFolder, 'restore', 'cluster.json'), JSON.stringify(made))
    const left = await makeCluster(host, { bin: bin ?? '', signal, noted })
    expect(await restore(repository, {}, { scratchFolder, host })).toMatchObject({ ok: true })
    await expect(stat(left.folder)).rejects.toThrow(/ENOENT/)
  })
})
