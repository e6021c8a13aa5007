import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../fixtures/local-host.ts'
import { contentsOf, prepareRestore, restore } from './support.ts'

/** A database that holds what no honest program writes; its schema is not checked while it is made. */
async function made(sql: string): Promise<{ base: string; location: string }> {
  const base = await temporaryFolder()
  const location = join(base, 'backup.db')
  using db = new DatabaseSync(location, { defensive: false })
  db.exec(`CREATE TABLE orders (part TEXT); INSERT INTO orders VALUES ('wing'); PRAGMA writable_schema = ON; ${sql}`)
  return { base, location }
}

const ENDLESS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'
/** The schema as a stranger left it: the text is what SQLite runs, the rest what a reader may believe. */
const entry = (type: string, name: string, text: string) =>
  `INSERT INTO sqlite_schema VALUES ('${type}', '${name}', '${name}', 0, '${text.replaceAll("'", "''")}');`
const checked = (condition: string) =>
  `UPDATE sqlite_schema SET sql = 'CREATE TABLE orders (part TEXT CHECK (${condition.replaceAll("'", "''")}))';`

/** Has this process a child that compares databases? */
async function comparing(): Promise<boolean> {
  const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')
  const pids = children.split(' ').filter((pid) => pid !== '')
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.some((line) => line.includes('compare-databases'))
}

describe('a hostile SQLite database', () => {
  it.each([
    ['loads a library', checked("load_extension('/tmp/library.so')"), /unsafe use of load_extension/],
    ['writes a file', checked("writefile('/tmp/chaos-lite-test', 'x')"), /unknown function: writefile/],
    ['reads a file', checked("readfile('/etc/shadow')"), /unknown function: readfile/],
    ['opens an editor', checked("edit('x', 'sh')"), /unknown function: edit/],
    ['calls an endless view a table', entry('table', 'endless', `CREATE VIEW endless AS ${ENDLESS}`), /malformed/],
    [
      'gives two tables the same page',
      `${entry('table', 'twin', 'CREATE TABLE twin (a)')}
       UPDATE sqlite_schema SET rootpage = 2;`,
      /damaged|malformed/,
    ],
  ])('that %s fails the exercise, and gets nowhere', async (_, sql, reason) => {
    const { base, location } = await made(sql)
    const before = await contentsOf(base)
    const result = await restore({ driver: 'sqlite', location })
    expect(result).toMatchObject({ ok: false, items: 0, reason: expect.stringMatching(reason) })
    expect(await contentsOf(base)).toEqual(before)
    expect(await readdir(result.scratch)).toEqual([])
  })

  it('has views and triggers that are never run', async () => {
    const { base, location } = await made(`CREATE VIEW endless AS ${ENDLESS};
      CREATE TRIGGER attack AFTER INSERT ON orders BEGIN SELECT load_extension('/tmp/library.so'); END;`)
    const before = await contentsOf(base)
    expect(await restore({ driver: 'sqlite', location })).toMatchObject({ ok: true, items: 1 })
    expect(await contentsOf(base)).toEqual(before)
  })

  it('has rows only where a table holds them, whatever its schema calls one', async () => {
    const { location } = await made(`DELETE FROM orders;
      ${entry('table', 'rows', 'CREATE/**/VIRTUAL TABLE rows USING dbstat')}`)
    expect(await restore({ driver: 'sqlite', location })).toMatchObject({
      ...{ ok: false, items: 0 },
      reason: expect.stringContaining('it is empty'),
    })
  })

  it('that would be checked for hours is ended when the exercise is', async () => {
    const { base, location } = await made(`
      INSERT INTO orders WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000) SELECT i FROM n;
      ${checked('length(hex(randomblob(10000000))) > 0')}`)
    const stop = new AbortController()
    const ended = restore({ driver: 'sqlite', location }, {}, { signal: stop.signal })
    await expect.poll(comparing).toBe(true)
    stop.abort(new Error('stopped'))
    const result = await ended
    expect(result).toMatchObject({ ok: false, items: 0 })
    expect(await readdir(result.scratch)).toEqual([])
    expect(await readdir(base)).toEqual(['backup.db'])
  })

  it.each([
    '.shell touch /tmp/chaos-lite-test\n',
    ".system id\nATTACH DATABASE '/etc/cron.d/chaos-lite-test' AS cron;\n",
    "SELECT load_extension('/tmp/library.so');\n",
  ])('is never a script: %j is refused while planning', async (script) => {
    const location = join(await temporaryFolder(), 'dump.sql')
    await writeFile(location, script)
    await expect(prepareRestore({ driver: 'sqlite', location })).rejects.toThrow(/is no SQLite database/)
  })
})
