import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { DataAnswer, DataRequest } from './protocol.ts'

/** More differences than this are counted, not listed. */
const MOST = 100
const QUERY_PROBLEMS = 20

/** One table, as `PRAGMA table_info` has it. */
interface Table {
  readonly name: string
  readonly columns: readonly string[]
}

/**
 * Looks through a restored database and compares it with the live one, table by table and row by row. Runs in a process
 * of its own: SQLite works in one thread without a pause, and a damaged file must not take the agent with it.
 */
export function compareDatabases(request: DataRequest): DataAnswer {
  // The restored file is ours: what a journal beside it holds is brought into it.
  using restored = new DatabaseSync(request.restored)
  // Nothing that a stranger wrote into the schema is run.
  restored.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON')
  const problems = restored
    .prepare(`PRAGMA integrity_check(${QUERY_PROBLEMS})`)
    .all()
    .map((row) => String(row.integrity_check))
  const sound = problems.length === 1 && problems[0] === 'ok'
  if (!sound) return { ...nothing, problems: problems.slice(0, QUERY_PROBLEMS) }
  const tables = tablesOf(restored, 'main')
  const rows = tables.reduce((sum, table) => sum + count(restored, 'main', table.name), 0)
  const found = {
    tables: tables.length,
    rows,
    canary: canaryIn(restored, tables, request),
    newestMs: newestIn(restored, tables, request),
  }
  if (request.live === null) return { ...nothing, ...found }
  try {
    restored.exec(`ATTACH ${text(readOnly(request.live))} AS live`)
    return { ...nothing, ...found, ...compare(restored, tables, request.unchanged) }
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    return { ...nothing, ...found, differences: [`the live database could not be compared: ${why}`] }
  }
}

const nothing: DataAnswer = {
  ...{ problems: [], tables: 0, rows: 0, differences: [], changedSince: 0, newestMs: null, canary: 'not planted' },
}

/**
 * The live database is never written to, and no file is made beside it. A database in WAL mode that nobody has open would
 * get its two files from a mere reader: then it is read as it lies there.
 */
function readOnly(path: string): string {
  const wal = isWal(path)
  if (wal && existsSync(`${path}-wal`) && !existsSync(`${path}-shm`)) {
    throw new Error(`${path} was left by a program that crashed: open it once with that program, then try again`)
  }
  const url = pathToFileURL(path)
  url.search = wal && !existsSync(`${path}-wal`) ? 'immutable=1' : 'mode=ro'
  return url.href
}

/** Byte 18 of the header is the write version: 2 is WAL (https://sqlite.org/fileformat2.html). */
function isWal(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(20)
    readSync(file, head, 0, 20, 0)
    return head[18] === 2
  } finally {
    closeSync(file)
  }
}

/**
 * Tables with rows of their own: not SQLite's, and not virtual ones, whose rows lie in other tables. As SQLite understood
 * the schema: its text may say of anything that it is a table.
 */
function tablesOf(db: DatabaseSync, schema: 'main' | 'live'): Table[] {
  const list = `SELECT name FROM pragma_table_list WHERE schema = '${schema}' AND type IN ('table', 'shadow')
    AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name`
  return db
    .prepare(list)
    .all()
    .map((row) => {
      const name = String(row.name)
      const columns = db
        .prepare(`PRAGMA ${schema}.table_info(${quoted(name)})`)
        .all()
        .map((column) => String(column.name))
      return { name, columns }
    })
}

function compare(db: DatabaseSync, tables: readonly Table[], unchanged: boolean) {
  const differences: string[] = []
  let changedSince = 0
  const live = new Map(tablesOf(db, 'live').map((table) => [table.name, table]))
  for (const { name } of live.values()) {
    if (!tables.some((table) => table.name === name)) differences.push(`the table ${shown(name)} was not restored`)
  }
  for (const table of tables) {
    const theirs = live.get(table.name)
    if (theirs === undefined)
      differences.push(`the table ${shown(table.name)} was restored but is not in the live database`)
    else if (theirs.columns.join('\0') !== table.columns.join('\0')) {
      differences.push(`the table ${shown(table.name)} was restored with other columns than the live one has`)
    } else {
      const { difference, changed } = compareRows(db, table, unchanged)
      if (difference !== null) differences.push(difference)
      changedSince += changed
    }
  }
  const more = differences.length - MOST
  return { differences: [...differences.slice(0, MOST), ...(more > 0 ? [`and ${more} more`] : [])], changedSince }
}

/**
 * Rows as sets. A live database that was written to since the backup has other rows, which is no fault of the backup;
 * that not one row is the same, or that a full table was restored empty, is.
 */
function compareRows(db: DatabaseSync, { name, columns }: Table, unchanged: boolean) {
  const [mine, theirs] = [count(db, 'main', name), count(db, 'live', name)]
  const list = columns.map((column) => `${quoted(column)} COLLATE BINARY`).join(', ')
  const without = (one: string, other: string) => {
    const rows = `SELECT ${list} FROM ${one}.${quoted(name)} EXCEPT SELECT ${list} FROM ${other}.${quoted(name)}`
    return Number(db.prepare(`SELECT count(*) AS n FROM (${rows})`).get()?.n ?? 0)
  }
  const extra = without('main', 'live')
  const missing = without('live', 'main')
  const counts = `${mine} rows, the live one has ${theirs}`
  const table = `the table ${shown(name)}`
  if (unchanged && (extra > 0 || missing > 0 || mine !== theirs)) {
    const difference = `${table} was restored with ${counts}: ${missing} are missing or other, though the live database was not changed since`
    return { difference, changed: 0 }
  }
  if (mine === 0 && theirs > 0)
    return { difference: `${table} was restored empty, the live one has ${theirs} rows`, changed: 0 }
  if (mine > 0 && theirs > 0 && extra === mine)
    return { difference: `${table} was restored with ${counts}, and not one is the same`, changed: 0 }
  return { difference: null, changed: extra + missing }
}

function count(db: DatabaseSync, schema: string, table: string): number {
  return Number(db.prepare(`SELECT count(*) AS n FROM ${schema}.${quoted(table)}`).get()?.n ?? 0)
}

/** Any value of that column with that digest: of a text its UTF-8, of a blob its bytes. */
function canaryIn(db: DatabaseSync, tables: readonly Table[], { canary }: DataRequest): DataAnswer['canary'] {
  if (canary === null) return 'not planted'
  const [table = '', column = ''] = canary.at
  if (!tables.some((one) => one.name === table && one.columns.includes(column))) return 'missing'
  for (const row of db.prepare(`SELECT ${quoted(column)} AS value FROM main.${quoted(table)}`).iterate()) {
    const { value } = row
    const bytes = value instanceof Uint8Array ? value : Buffer.from(String(value))
    if (createHash('sha256').update(bytes).digest('hex') === canary.sha256) return 'returned'
  }
  return 'missing'
}

/** The latest time in that column: ISO 8601, seconds or milliseconds since 1970. */
function newestIn(db: DatabaseSync, tables: readonly Table[], { newest }: DataRequest): number | null {
  if (newest === null) return null
  const [table = '', column = ''] = newest
  if (!tables.some((one) => one.name === table && one.columns.includes(column))) return null
  const latest = db.prepare(`SELECT max(${quoted(column)}) AS value FROM main.${quoted(table)}`).get()?.value ?? null
  return timeOf(latest)
}

/** Exported for its test. A time without an offset is UTC, as SQLite's own functions write it. */
export function timeOf(value: unknown): number | null {
  if (typeof value === 'number' || typeof value === 'bigint') {
    const number = Number(value)
    return Number.isFinite(number) ? Math.round(number > 1e11 ? number : number * 1000) : null
  }
  if (typeof value !== 'string') return null
  const iso = value.trim().replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d)/, '$1T$2')
  const time = /T(.*)$/.exec(iso)?.[1]
  const zoned = time === undefined || /(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(time) ? iso : `${iso}Z`
  const ms = Date.parse(time === undefined ? zoned : zoned.replace(/([+-]\d\d)$/, '$1:00'))
  return Number.isFinite(ms) ? ms : null
}

/** A name of the database's own. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

function shown(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name)
}
