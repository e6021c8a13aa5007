import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareDatabases, timeOf } from '../../src/backups/sqlite/compare-databases.ts'
import type { RepositoryDefinition } from '../../src/definitions/definitions.ts'
import { backupProbe } from '../../src/probes/backup.ts'
import { definitions, seenBy, temporaryFolder } from '../fixtures/local-host.ts'
import { CANARY, contentsOf, HOUR_MS, prepareRestore, restore } from './support.ts'

const sha256 = createHash('sha256').update(CANARY).digest('hex')
const canary = { file: 'notes.text', sha256 }

const FILL = `
  CREATE TABLE orders (id INTEGER PRIMARY KEY, part TEXT, "the price" REAL, drawing BLOB, created TEXT);
  CREATE TABLE notes (text TEXT);
  CREATE TABLE "odd ""name""" (a);
  CREATE VIEW dear AS SELECT * FROM orders;
  INSERT INTO orders (part, "the price", drawing, created)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
    SELECT 'part ' || i, i / 3.0, zeroblob(50), datetime('2026-01-01', '+' || i || ' hours') FROM n;
  INSERT INTO notes VALUES ('${CANARY}'), (NULL);
`

function execute(path: string, sql: string): void {
  using db = new DatabaseSync(path)
  db.exec(sql)
}

/** A live database, and a backup of it that SQLite made itself an hour later than the last change. */
async function made(
  fill = FILL,
): Promise<{ base: string; live: string; location: string; repository: RepositoryDefinition }> {
  const base = await temporaryFolder()
  const [live, location] = [join(base, 'live.db'), join(base, 'backup.db')]
  execute(live, fill)
  execute(live, `VACUUM INTO '${location}'`)
  const now = Date.now()
  await utimes(live, new Date(now - 2 * HOUR_MS), new Date(now - 2 * HOUR_MS))
  await utimes(location, new Date(now - HOUR_MS), new Date(now - HOUR_MS))
  return { base, live, location, repository: { driver: 'sqlite', location, compareWith: live, canary } }
}

describe('restoring an SQLite database', () => {
  it('brings it back, compares every row, finds the canary, and leaves nothing behind', async () => {
    const { base, repository } = await made()
    const before = await contentsOf(base)
    const result = await restore(repository)
    expect(result).toMatchObject({ ok: true, differences: [], canary: 'returned', items: 202 })
    expect(result.reason).toMatch(/3 tables row by row; 0 differences/)
    expect(result.phases).toEqual(['open', 'list', 'restore', 'compare', 'wipe'])
    expect(await readdir(result.scratch)).toEqual([])
    expect(await contentsOf(base)).toEqual(before)
  })

  it('says beforehand what it will read', async () => {
    const { repository } = await made()
    expect((await prepareRestore(repository)).join(' ')).toMatch(
      /\(sqlite, all of it\).*not changed.*row by row.*canary notes\.text/s,
    )
  })

  it('measures the age by the column that the owner named, or by the backup', async () => {
    const { repository } = await made()
    const byBackup = (await restore(repository)).dataAgeMs ?? 0
    expect(byBackup).toBeGreaterThanOrEqual(HOUR_MS)
    expect(byBackup).toBeLessThan(HOUR_MS + 600_000)
    const byColumn = (await restore({ ...repository, newest: 'orders.created' })).dataAgeMs ?? 0
    const newest = Date.UTC(2026, 0, 1) + 200 * HOUR_MS
    expect(Math.abs(Date.now() - newest - byColumn)).toBeLessThan(600_000)
  })

  it('takes the newest of a folder of copies, and passes over what is no database', async () => {
    const { base, location, repository } = await made()
    const folder = join(base, 'copies')
    await mkdir(folder)
    await writeFile(join(folder, 'readme.txt'), 'no database')
    await writeFile(join(folder, 'new.db'), await readFile(location))
    execute(join(folder, 'old.db'), 'CREATE TABLE other (a)')
    await utimes(join(folder, 'old.db'), new Date(0), new Date(0))
    const made_ = { ...repository, location: folder }
    expect(await restore(made_)).toMatchObject({ ok: true, items: 202 })
    const local = definitions({}, { nightly: made_ })
    expect(await seenBy(backupProbe, { repository: 'nightly' }, { local })).toMatchObject({ snapshots: 2 })
  })

  it('brings in what a log beside the copy holds', async () => {
    const { base, location, repository } = await made()
    const busy = join(base, 'busy.db')
    using db = new DatabaseSync(busy)
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; ${FILL}`)
    await rm(location)
    for (const end of ['', '-wal']) await writeFile(`${location}${end}`, await readFile(`${busy}${end}`))
    const { compareWith: _, ...alone } = repository
    expect(await restore(alone)).toMatchObject({ ok: true, items: 202, canary: 'returned' })
  })

  it('makes no file beside a live database in WAL mode, whether it is open or not', async () => {
    const { base, live, repository } = await made()
    execute(live, 'PRAGMA journal_mode = WAL')
    await utimes(live, new Date(0), new Date(0))
    const before = await contentsOf(base)
    expect(await restore(repository)).toMatchObject({ ok: true, differences: [] })
    expect(await contentsOf(base)).toEqual(before)
    using open = new DatabaseSync(live)
    open.exec("INSERT INTO notes VALUES ('later')")
    const result = await restore(repository)
    expect(result).toMatchObject({ ok: true, differences: [] })
    expect(result.reason).toContain(
      'not compared: 1 rows or parts of tables that differ: changed since the backup, or missing in it',
    )
    expect(open.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  })
})

describe('a live database that went on changing', () => {
  it('is no fault of the backup', async () => {
    const { live, repository } = await made()
    execute(
      live,
      "INSERT INTO orders (part) VALUES ('new'); DELETE FROM orders WHERE id = 3; UPDATE notes SET text = 'x' WHERE text IS NULL",
    )
    const result = await restore(repository)
    expect(result).toMatchObject({ ok: true, differences: [] })
    expect(result.reason).toContain('4 rows or parts of tables that differ')
  })
})

describe('a backup of a database that does not match', () => {
  const cases: [string, string, RegExp][] = [
    [
      'lacks a row, though nothing was changed since',
      'DELETE FROM orders WHERE id = 7',
      /orders.*199 rows.*1 are missing or other/,
    ],
    ['has another value', "UPDATE orders SET part = 'PART 7' WHERE id = 7", /orders.*1 are missing or other/],
    ['has a row twice', 'INSERT INTO notes SELECT text FROM notes', /notes.*4 rows/],
    ['lacks a table', 'DROP TABLE notes', /notes.*was not restored/],
    ['has other columns', 'ALTER TABLE orders RENAME COLUMN part TO piece', /orders.*other columns/],
    ['has a table more', 'CREATE TABLE more (a)', /more.*not in the live database/],
  ]
  it.each(cases)('because it %s is reported', async (_, sql, reason) => {
    const { location, repository } = await made()
    execute(location, sql)
    const hence = new Date(Date.now() - HOUR_MS)
    await utimes(location, hence, hence)
    const { canary: __, ...plain } = repository
    const result = await restore(plain)
    expect(result.ok).toBe(false)
    expect(result.differences.join('\n')).toMatch(reason)
  })

  it('because it was restored empty is reported, whatever was changed since', async () => {
    const { live, location, repository } = await made()
    execute(location, 'DELETE FROM orders')
    execute(live, "INSERT INTO notes VALUES ('later')")
    expect((await restore(repository)).differences).toEqual([
      'the table "orders" was restored empty, the live one has 200 rows',
    ])
  })

  it('because it is of something else is reported, whatever was changed since', async () => {
    const { live, location, repository } = await made()
    execute(location, "UPDATE orders SET part = 'foreign ' || id")
    execute(live, "INSERT INTO notes VALUES ('later')")
    expect((await restore(repository)).differences.join()).toMatch(/orders.*not one is the same/)
  })

  it('is failed by a canary that was not restored', async () => {
    const { repository } = await made()
    for (const other of [
      { file: 'notes.text', sha256: '0'.repeat(64) },
      { file: 'notes.gone', sha256 },
      { file: 'gone.text', sha256 },
    ]) {
      expect(await restore({ ...repository, canary: other })).toMatchObject({
        ok: false,
        canary: 'missing',
        differences: [],
      })
    }
  })

  it('is not passed because the live database is gone, or is none', async () => {
    const { live, repository } = await made()
    await writeFile(live, 'no database at all, but long enough to look like one')
    expect((await restore(repository)).differences.join()).toMatch(/live database could not be compared/)
    await rm(live)
    expect((await restore(repository)).differences).toEqual([
      `The live database ${live} does not exist: nothing was compared`,
    ])
  })
})

describe('a damaged SQLite backup', () => {
  it('fails the exercise with a clear word and changes nothing', async () => {
    const { base, live, location, repository } = await made()
    const bytes = await readFile(location)
    bytes.fill(0xa5, 4096 + 8, 4096 + 600)
    await writeFile(location, bytes)
    const before = await contentsOf(base)
    const result = await restore(repository)
    expect(result).toMatchObject({ ok: false, items: 0 })
    expect(result.reason).toMatch(/damaged|cannot be read/)
    expect(await readdir(result.scratch)).toEqual([])
    expect(await contentsOf(base)).toEqual(before)
    execute(live, 'SELECT 1')
  })

  it('that is none, or encrypted, or not there, is reported while planning', async () => {
    const { location, repository } = await made()
    await writeFile(location, Buffer.alloc(4096, 0x5a))
    await expect(prepareRestore(repository)).rejects.toThrow(/is no SQLite database, or an encrypted one/)
    await rm(location)
    await expect(prepareRestore(repository)).rejects.toMatchObject({ code: 'backup-unusable' })
  })

  it('holds no folder that could be asked for', async () => {
    const { repository } = await made()
    await expect(prepareRestore(repository, { folder: '/srv/share' })).rejects.toMatchObject({ code: 'param-invalid' })
    expect(await restore(repository, { folder: '/srv/share', into: 'place' })).toMatchObject({ ok: false })
  })

  it('is answered, whichever bytes are damaged', async () => {
    const { base, live, location } = await made()
    const whole = await readFile(location)
    const path = join(base, 'hurt.db')
    const hurt = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(hurt, async (changes) => {
        const bytes = Buffer.from(whole)
        for (const [at, byte] of changes) bytes[at] = byte
        await writeFile(path, bytes)
        try {
          const answer = compareDatabases({ restored: path, live, unchanged: true, canary: null, newest: null })
          expect(answer.differences.length + answer.problems.length + answer.rows).toBeGreaterThanOrEqual(0)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Error)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a time in a column', () => {
  it.each([
    ['2026-01-02 03:04:05', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02T03:04:05Z', Date.UTC(2026, 0, 2, 3, 4, 5)],
    ['2026-01-02T03:04:05+02', Date.UTC(2026, 0, 2, 1, 4, 5)],
    ['2026-01-02', Date.UTC(2026, 0, 2)],
    [1_767_323_045, 1_767_323_045_000],
    [1_767_323_045_000, 1_767_323_045_000],
    ['soon', null],
    [null, null],
    [Number.NaN, null],
  ])('%j is read as %s', (value, ms) => {
    expect(timeOf(value)).toBe(ms)
  })
})
