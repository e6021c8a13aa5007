import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { oneLine } from '../../probes/text.ts'
import {
  makeCluster,
  must,
  PGOPTIONS,
  postgresPrograms,
  psqlOptions,
  restoreArguments,
  rowsOf,
  type ScratchCluster,
  sql,
  wipeCluster,
} from '../postgres/cluster.ts'
import { judgeTables, listTables, quotedName, readSum, sumTable, type TableSum, textOf } from '../postgres/tables.ts'
import { backupFiles } from './backup-files.ts'
import type { BackupDriver, DataComparison, DataToCompare, DriverContext, Part } from './driver.ts'
import { tooLarge } from './limits.ts'

/** A dump in PostgreSQL's custom format (`pg_dump -Fc`). */
const DUMP = {
  magic: 'PGDMP',
  not: 'no dump in the custom format of PostgreSQL: make it with pg_dump --format=custom',
}
const LONG_MS = 24 * 3_600_000
const MOST_TABLES = 5_000
/** A dump is packed; what comes out of it, with its indexes, is larger. */
const GROWTH = 6
const NOTE = 'cluster.json'

/**
 * A dump of one PostgreSQL database in the custom format, or a folder of such dumps. It is restored into a server of our
 * own, which only root can reach and which runs as `nobody`; the live server is only read.
 */
export const postgresDriver: BackupDriver = {
  name: 'postgres',
  program: 'postgresql',
  keepsOwners: () => false,
  snapshots: ({ repository }, atMost) => backupFiles(repository.location, DUMP, atMost),
  list,
  contentsAt: (target) => target,
  restore,
  compare,
  async wipe({ host }, target) {
    const cluster = await clusterIn(target)
    if (cluster !== null) await wipeCluster(host, cluster)
  },
}

/** The contents of the dump as pg_restore reads them, without restoring anything. */
async function list({ host, signal }: DriverContext, { snapshot }: Part, maxBytes: number) {
  const bin = await postgresPrograms()
  const ended = await host.run([join(bin, 'pg_restore'), '--list', '--', snapshot.id], { timeoutMs: LONG_MS, signal })
  if (ended.code !== 0) throw damaged(snapshot.id, ended.stderr)
  const bytes = GROWTH * (snapshot.sizeBytes ?? 0)
  if (bytes > maxBytes) throw tooLarge(snapshot.id, maxBytes)
  return { entries: rowsOf(ended).filter((row) => !row.startsWith(';')).length, bytes }
}

async function restore({ host, signal }: DriverContext, { snapshot }: Part, target: string): Promise<void> {
  const bin = await postgresPrograms()
  const noted = (made: ScratchCluster) => writeFile(join(target, NOTE), JSON.stringify(made))
  const cluster = await makeCluster(host, { bin, signal, noted })
  // Owners and rights are those of the live server's accounts, which do not exist here.
  const how = ['--no-owner', '--no-privileges', '--exit-on-error']
  const argv = [join(bin, 'pg_restore'), ...how, ...restoreArguments(cluster), '--', snapshot.id] as const
  const ended = await host.run([...argv], { timeoutMs: LONG_MS, signal, cwd: cluster.folder })
  if (ended.code !== 0) throw damaged(snapshot.id, ended.stderr)
}

function damaged(path: string, stderr: string): ChaosError {
  if (/No space left/i.test(stderr)) return new ChaosError('storage-full', `There is no room to restore ${path}`)
  return new ChaosError('backup-unusable', `The dump ${path} could not be restored: ${oneLine(stderr, 300)}`)
}

async function clusterIn(target: string): Promise<ScratchCluster | null> {
  const text = await readFile(join(target, NOTE), 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as ScratchCluster)
}

type Ask = (text: string) => Promise<readonly string[]>

async function compare(context: DriverContext, { restored, takenMs }: DataToCompare): Promise<DataComparison> {
  const { host, repository, signal } = context
  const cluster = await clusterIn(restored)
  if (cluster === null) throw new ChaosError('internal', 'The scratch server is gone before it was compared')
  const scratch: Ask = (text) => sql(host, cluster, 'scratch', text, signal, LONG_MS)
  const mine = await sums(scratch)
  const { database } = repository
  const live = database === undefined ? null : await sums((text) => askLive(context, cluster.bin, database, text))
  const judged = live === null ? { differences: [], changedSince: 0 } : judgeTables(mine, live)
  return {
    ...judged,
    items: [...mine.values()].reduce((all, { rows }) => all + rows, 0),
    byBytes: 0,
    newestMs: (await newestIn(scratch, repository.newest)) ?? takenMs,
    canary: await canaryIn(scratch, repository.canary),
    how: `${mine.size} tables by the digests of their rows`,
  }
}

/** In transactions that cannot write, as the account that owns the server, unless the definition names another user. */
async function askLive({ host, repository, signal }: DriverContext, bin: string, database: string, text: string) {
  const env = { PGOPTIONS: `${PGOPTIONS} -c default_transaction_read_only=on`, ...repository.env }
  const own = repository.env?.PGUSER === undefined ? { as: 'postgres' } : {}
  const argv = [join(bin, 'psql'), ...psqlOptions, '--no-password', `--dbname=${database}`] as const
  const ended = await host.run([...argv], { timeoutMs: LONG_MS, signal, input: text, env, ...own })
  return rowsOf(await must(ended, `psql (the live database ${database})`))
}

async function sums(ask: Ask): Promise<Map<string, TableSum>> {
  const names = (await ask(listTables)).map((row) => row.split('\t'))
  if (names.length > MOST_TABLES) throw new ChaosError('too-many', `The database has more than ${MOST_TABLES} tables`)
  const all = new Map<string, TableSum>()
  for (const [schema = '', table = ''] of names) {
    all.set(`${schema}.${table}`, readSum(await ask(sumTable(quotedName(schema, table)))))
  }
  return all
}

/** `table.column` or `schema.table.column`. */
function columnOf(name: string): { table: string; column: string } {
  const parts = name.split('.')
  return { table: quotedName(...parts.slice(0, -1)), column: quotedName(parts.at(-1) ?? '') }
}

async function canaryIn(ask: Ask, canary: DriverContext['repository']['canary']): Promise<DataComparison['canary']> {
  if (canary === undefined) return 'not planted'
  const { table, column } = columnOf(canary.file)
  const digest = `encode(sha256(convert_to(${column}::text, 'UTF8')), 'hex')`
  const query = `SELECT 1 FROM ${table} WHERE ${digest} = ${textOf(canary.sha256)} LIMIT 1;`
  return ask(query).then(
    (rows) => (rows.length > 0 ? 'returned' : 'missing'),
    () => 'missing',
  )
}

async function newestIn(ask: Ask, newest: string | undefined): Promise<number | null> {
  if (newest === undefined) return null
  const { table, column } = columnOf(newest)
  const [seconds] = await ask(`SELECT extract(epoch FROM max(${column})) FROM ${table};`)
  const ms = Number(seconds) * 1000
  return Number.isFinite(ms) ? Math.round(ms) : null
}
