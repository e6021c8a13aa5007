import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { Finished, RunOptions } from '../../host/index.ts'
import { oneLine } from '../../text/index.ts'
import type { WorkHost } from '../work-host.ts'

const SHORT_MS = 120_000
const SUPERUSER = 'scratch'
/** Owns the restored database, and may do nothing else: no program of the host, no file. */
const OWNER = 'restorer'
/** Where its socket lies: a name of a socket may be 107 bytes long, and that of the scratch space may be longer. */
const SOCKETS = '/tmp'

/** A server of our own with one empty database, in a box where nobody else can reach it. */
export interface ScratchCluster {
  readonly folder: string
  readonly bin: string
}

/** The newest PostgreSQL on this host that can make a server. Throws `capability-missing`. */
export async function postgresPrograms(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch((): string[] => [])
  const newest = versions.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a))
  for (const version of newest) {
    const bin = join('/usr/lib/postgresql', version, 'bin')
    const there = await readdir(bin).catch((): string[] => [])
    if (['initdb', 'pg_ctl', 'pg_restore', 'psql'].every((name) => there.includes(name))) return bin
  }
  const text = 'No PostgreSQL server is installed on this host (looked in /usr/lib/postgresql)'
  throw new ChaosError('capability-missing', `${text}: install the package postgresql`)
}

/** Makes it and starts it, as the account of this process, in a box: see `box/unit.ts`. */
export async function makeCluster(host: WorkHost, cluster: ScratchCluster, signal: AbortSignal): Promise<void> {
  const { folder, bin } = cluster
  await nameAccount()
  await mkdir(folder, { mode: 0o700 })
  const options = ['--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions']
  const data = join(folder, 'data')
  const argv = [join(bin, 'initdb'), `--pgdata=${data}`, `--username=${SUPERUSER}`, ...options] as const
  await must(await runPlain(host, argv, { timeoutMs: SHORT_MS, signal, cwd: folder }), 'initdb')
  await appendFile(join(data, 'postgresql.conf'), settings())
  await startCluster(host, cluster, signal)
  await sql(host, cluster, 'postgres', `CREATE ROLE ${OWNER} LOGIN`, signal)
}

/** An empty database in the place of what an attempt has left. */
export async function emptyDatabase(host: WorkHost, cluster: ScratchCluster, signal: AbortSignal): Promise<void> {
  for (const text of ['DROP DATABASE IF EXISTS scratch', `CREATE DATABASE scratch OWNER ${OWNER} TEMPLATE template0`])
    await sql(host, cluster, 'postgres', text, signal)
}

/** An account that exists only for a unit has no name in files; PostgreSQL wants one. */
async function nameAccount(): Promise<void> {
  const { uid, gid } = userIds()
  if (uid === 0) throw new ChaosError('internal', 'PostgreSQL is never started as root')
  await writeFile('/etc/passwd', `restore:x:${uid}:${gid}::/:/usr/sbin/nologin\n`)
}

function userIds(): { uid: number; gid: number } {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
}

/**
 * Programs that handle what a dump brings get none of this process's capabilities: code in the dump can read what
 * everybody may read.
 */
export function runPlain(host: WorkHost, argv: readonly [string, ...string[]], options: RunOptions): Promise<Finished> {
  return host.run(['setpriv', '--inh-caps=-all', '--ambient-caps=-all', '--', ...argv], options)
}

/** Nothing in it need survive a power cut, and nobody but us may reach it. */
function settings(): string {
  const pairs = {
    listen_addresses: '',
    unix_socket_directories: SOCKETS,
    fsync: 'off',
    full_page_writes: 'off',
    autovacuum: 'off',
    max_connections: '10',
    max_parallel_workers: '0',
    max_parallel_maintenance_workers: '0',
    max_wal_senders: '0',
    wal_level: 'minimal',
    timezone: 'UTC',
  }
  return Object.entries(pairs)
    .map(([name, value]) => `\n${name} = '${value.replaceAll("'", "''")}'`)
    .join('')
}

async function startCluster(host: WorkHost, { folder, bin }: ScratchCluster, signal: AbortSignal): Promise<void> {
  const where = ['-D', join(folder, 'data'), '-l', join(folder, 'log')]
  const argv = [join(bin, 'pg_ctl'), 'start', '--wait', '--silent', ...where] as const
  await must(await runPlain(host, argv, { timeoutMs: SHORT_MS, signal, cwd: folder }), 'pg_ctl')
}

/** Stops it. What does not stop is ended with its box. */
export async function stopCluster(host: WorkHost, { folder, bin }: ScratchCluster): Promise<void> {
  const argv = [join(bin, 'pg_ctl'), 'stop', '--mode=immediate', '--silent', '-D', join(folder, 'data')] as const
  await runPlain(host, argv, { timeoutMs: SHORT_MS, cwd: '/' }).catch(() => null)
}

/** Rows as text, one per line, columns parted by tabs. Settings are the same on both sides of a comparison. */
export async function sql(
  host: WorkHost,
  { folder, bin }: ScratchCluster,
  database: string,
  text: string,
  signal: AbortSignal,
  timeoutMs = SHORT_MS,
): Promise<readonly string[]> {
  const where = [`--host=${SOCKETS}`, `--username=${SUPERUSER}`]
  const argv = [join(bin, 'psql'), ...psqlOptions, ...where, database] as const
  const ended = await runPlain(host, argv, { timeoutMs, signal, input: text, env: { PGOPTIONS }, cwd: folder })
  return rowsOf(await must(ended, 'psql'))
}

/**
 * Rows as plain text with a tab between columns, no start-up file of anybody, and an end at the first error (psql(1)).
 */
export const psqlOptions = [
  '--no-psqlrc',
  '--quiet',
  '--tuples-only',
  '--no-align',
  '--field-separator=\t',
  '--set=ON_ERROR_STOP=1',
]
/** Also what a database sets for itself gives way to these. */
export const PGOPTIONS =
  '-c search_path=pg_catalog -c datestyle=ISO -c timezone=UTC -c extra_float_digits=3 -c bytea_output=hex -c intervalstyle=iso_8601'

/** The rows of an answer; values that hold line breaks must be encoded by the query. */
export function rowsOf({ stdout }: Finished): readonly string[] {
  return stdout.split('\n').filter((row) => row !== '')
}

/** Throws for a program that failed: `storage-full` where it says so, else `backup-unusable` with its first words. */
export async function must(ended: Finished, program: string): Promise<Finished> {
  if (ended.code === 0) return ended
  const words = oneLine(ended.stderr || ended.stdout, 300)
  if (/No space left/i.test(ended.stderr))
    throw new ChaosError('storage-full', `${program} found no space left: ${words}`)
  throw new ChaosError('backup-unusable', `${program} failed: ${words}`)
}

/** The connection of pg_restore. */
export function restoreArguments(as: 'owner' | 'superuser'): readonly string[] {
  return [`--host=${SOCKETS}`, `--username=${as === 'owner' ? OWNER : SUPERUSER}`, '--dbname=scratch']
}
