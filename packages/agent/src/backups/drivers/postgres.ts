import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { Finished } from '../../host/index.ts'
import { oneLine } from '../../text/index.ts'
import type { DatabaseSeen } from '../answers.ts'
import {
  emptyDatabase,
  makeCluster,
  must,
  PGOPTIONS,
  postgresPrograms,
  psqlOptions,
  restoreArguments,
  rowsOf,
  runPlain,
  type ScratchCluster,
  sql,
  stopCluster,
} from '../postgres/cluster.ts'
import { strangers } from '../postgres/strangers.ts'
import {
  asText,
  judgeTables,
  listTables,
  quotedName,
  readSum,
  sumTable,
  type TableSum,
  textOf,
} from '../postgres/tables.ts'
import { openRegular } from '../regular-file.ts'
import { backupFiles } from './backup-files.ts'
import type { BackupDriver, DataComparison, DriverContext, Part } from './driver.ts'
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
/** What PostgreSQL 10 to 17 answer to `COPY FROM PROGRAM` of an account that may not. */
const RUNS_PROGRAM = /COPY to or from an? (?:external program|file)/i
/** Extensions, event triggers, functions in C and the like. */
const NEEDS_SUPERUSER = /must be (?:superuser|owner of)|permission denied/i

/**
 * A dump of one PostgreSQL database in the custom format, or a folder of such dumps. A dump can hold code, so it is
 * restored into a server of our own inside a transient unit, and looked through there; the live server is only read, from
 * outside.
 */
export const postgresDriver: BackupDriver = {
  name: 'postgres',
  program: 'postgresql',
  keepsOwners: () => false,
  snapshots: ({ repository }, atMost) => backupFiles(repository.location, DUMP, atMost),
  list,
  contentsAt: (target) => target,
  restore,
  look,
  judge,
  async end({ host }, target) {
    await stopCluster(host, await clusterIn(target))
  },
}

/** The contents of the dump as pg_restore reads them, without restoring anything. */
async function list({ host, signal }: DriverContext, { snapshot }: Part, maxBytes: number) {
  const bin = await postgresPrograms()
  await using dump = await openRegular(snapshot.id)
  const options = { timeoutMs: LONG_MS, signal, inputFd: dump.fd }
  const ended = await runPlain(host, [join(bin, 'pg_restore'), '--list'], options)
  if (ended.code !== 0) throw damaged(snapshot.id, ended.stderr)
  const bytes = GROWTH * (snapshot.sizeBytes ?? 0)
  if (bytes > maxBytes) throw tooLarge(snapshot.id, maxBytes)
  return { entries: rowsOf(ended).filter((row) => !row.startsWith(';')).length, bytes }
}

/** As the mere owner of the database, unless the dump holds what only a superuser may make. */
async function restore(context: DriverContext, { snapshot }: Part, target: string): Promise<void> {
  const { host, signal } = context
  const cluster = await clusterIn(target)
  await makeCluster(host, cluster, signal)
  const asOwner = await attempt(context, cluster, snapshot.id, 'owner')
  if (asOwner.code === 0) return
  if (RUNS_PROGRAM.test(asOwner.stderr)) {
    const text = `The dump ${snapshot.id} tries to run a program on the host that restores it, which is refused`
    throw new ChaosError('backup-unusable', `${text}: ${oneLine(asOwner.stderr, 300)}`)
  }
  if (!NEEDS_SUPERUSER.test(asOwner.stderr)) throw damaged(snapshot.id, asOwner.stderr)
  const [, why = ''] = /ERROR:\s+(.*)$/m.exec(asOwner.stderr) ?? []
  context.note?.(
    `restored as a superuser of a server of its own, because the dump asks for one (${oneLine(why, 160)}): its code may have run there, inside its unit`,
  )
  const asSuperuser = await attempt(context, cluster, snapshot.id, 'superuser')
  if (asSuperuser.code !== 0) throw damaged(snapshot.id, asSuperuser.stderr)
}

/** The dump is handed on open, because the account of the box may not read it. */
async function attempt(
  { host, signal }: DriverContext,
  cluster: ScratchCluster,
  dumpFile: string,
  as: 'owner' | 'superuser',
): Promise<Finished> {
  await emptyDatabase(host, cluster, signal)
  await using dump = await openRegular(dumpFile)
  // Owners and rights are those of the live server's accounts, which do not exist here.
  const how = ['--no-owner', '--no-privileges', '--exit-on-error']
  const argv = [join(cluster.bin, 'pg_restore'), ...how, ...restoreArguments(as)] as const
  // Awaited here: the file is open only as long as this function lasts.
  return await runPlain(host, argv, { timeoutMs: LONG_MS, signal, cwd: cluster.folder, inputFd: dump.fd })
}

function damaged(path: string, stderr: string): ChaosError {
  if (/No space left/i.test(stderr)) return new ChaosError('storage-full', `There is no room to restore ${path}`)
  return new ChaosError('backup-unusable', `The dump ${path} could not be restored: ${oneLine(stderr, 300)}`)
}

async function clusterIn(target: string): Promise<ScratchCluster> {
  return { folder: join(target, 'server'), bin: await postgresPrograms() }
}

type Ask = (text: string) => Promise<readonly string[]>

/** Counts and digests of what came back. A dump that has started programs is reported: no honest one does. */
async function look({ host, repository, signal }: DriverContext, target: string): Promise<DatabaseSeen> {
  const cluster = await clusterIn(target)
  const scratch: Ask = (text) => sql(host, cluster, 'scratch', text, signal, LONG_MS)
  const tables = await sums(scratch)
  const newestMs = await newestIn(scratch, repository.newest)
  const canary = await canaryIn(scratch, repository.canary)
  await stopCluster(host, cluster)
  const left = await strangers()
  if (left.length > 0) {
    const text = `The dump has started programs of its own, which were ended: ${left.slice(0, 5).join(', ')}`
    throw new ChaosError('backup-unusable', text)
  }
  const listed = [...tables].map(([name, { rows, parts }]) => ({ name, rows, parts: Object.fromEntries(parts) }))
  return { tables: listed, newestMs, canary }
}

async function judge(context: DriverContext, seen: DatabaseSeen, takenMs: number): Promise<DataComparison> {
  const { database } = context.repository
  const mine = new Map(
    seen.tables.map(({ name, rows, parts }) => [name, { rows, parts: new Map(Object.entries(parts)) }]),
  )
  const bin = await postgresPrograms()
  const live = database === undefined ? null : await sums((text) => askLive(context, bin, database, text))
  const judged = live === null ? { differences: [], changedSince: 0 } : judgeTables(mine, live)
  return {
    ...judged,
    items: seen.tables.reduce((all, { rows }) => all + rows, 0),
    byBytes: 0,
    newestMs: seen.newestMs ?? takenMs,
    canary: seen.canary,
    how: `${seen.tables.length} tables by the digests of their rows`,
  }
}

/** In transactions that cannot write, as the account that owns the server, unless the definition names another user. */
async function askLive({ host, repository, signal }: DriverContext, bin: string, database: string, text: string) {
  const settings = `${PGOPTIONS} -c default_transaction_read_only=on`
  // The last one counts: what the owner of the repository sets makes none of them void.
  const env = { ...repository.env, PGOPTIONS: `${repository.env?.PGOPTIONS ?? ''} ${settings}`.trim() }
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

/** `table.column`, of the schema `public`, or `schema.table.column`. */
function columnOf(name: string): { table: string; column: string } {
  const parts = name.split('.')
  const table = parts.length === 2 ? ['public', ...parts.slice(0, 1)] : parts.slice(0, -1)
  return { table: quotedName(...table), column: quotedName(parts.at(-1) ?? '') }
}

async function canaryIn(ask: Ask, canary: DriverContext['repository']['canary']): Promise<DataComparison['canary']> {
  if (canary === undefined) return 'not planted'
  const { table, column } = columnOf(canary.file)
  const digest = `encode(sha256(convert_to(${asText(column)}, 'UTF8')), 'hex')`
  const query = `SELECT 1 FROM ${table} WHERE ${digest} = ${textOf(canary.sha256)} LIMIT 1;`
  return ask(query).then(
    (rows) => (rows.length > 0 ? 'returned' : 'missing'),
    () => 'missing',
  )
}

async function newestIn(ask: Ask, newest: string | undefined): Promise<number | null> {
  if (newest === undefined) return null
  const { table, column } = columnOf(newest)
  const [seconds] = await ask(
    `SELECT extract(epoch FROM max(nullif(${asText(column)}, '')::timestamptz)) FROM ${table};`,
  )
  const ms = Number(seconds) * 1000
  return Number.isFinite(ms) ? Math.round(ms) : null
}
