import { chown, mkdtemp, readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { Finished, Host } from '../../host/host.ts'
import { codeOf } from '../../journal/durable.ts'
import { oneLine } from '../../probes/text.ts'

/** Where a scratch cluster lies: not in the agent's own folder, which nobody else may enter. */
const PLACE = '/var/tmp'
const PREFIX = 'chaos-lite-postgres-'
/** A dump may hold code: what runs it can touch nothing of the live database, and nothing of the host. */
const ACCOUNT = 'nobody'
const SHORT_MS = 120_000
const SUPERUSER = 'scratch'
const WIPE_TRIES = 5

/** A server of our own with one empty database, reachable by root and by itself only, through a socket in its folder. */
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

export interface ClusterOptions {
  readonly bin: string
  readonly signal: AbortSignal
  /** Told of the cluster before anything is in it, so that a later process can end it. */
  noted(cluster: ScratchCluster): Promise<void>
  /** Another place for its folder, which its account must be able to reach. */
  readonly place?: string
}

/** Makes it and starts it. Whatever goes wrong, nothing of it stays. */
export async function makeCluster(
  host: Host,
  { bin, signal, noted, place = PLACE }: ClusterOptions,
): Promise<ScratchCluster> {
  const folder = await mkdtemp(join(place, PREFIX))
  const cluster = { folder, bin }
  try {
    await noted(cluster)
    const { uid, gid } = await host.accounts.account(ACCOUNT)
    await chown(folder, uid, gid)
    const options = ['--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions']
    const data = join(folder, 'data')
    const argv = [join(bin, 'initdb'), `--pgdata=${data}`, `--username=${SUPERUSER}`, ...options] as const
    await must(await host.run([...argv], { timeoutMs: SHORT_MS, signal, as: ACCOUNT, cwd: folder }), 'initdb')
    // By the account itself: in a folder of somebody else, root follows no names.
    const conf = join(data, 'postgresql.conf')
    const write = { timeoutMs: SHORT_MS, signal, as: ACCOUNT, input: settings(folder) }
    await must(await host.run(['tee', '--append', '--', conf], write), 'tee')
    await startCluster(host, cluster, signal)
    await sql(host, cluster, 'postgres', 'CREATE DATABASE scratch TEMPLATE template0', signal)
    return cluster
  } catch (thrown) {
    await wipeCluster(host, cluster)
    throw thrown
  }
}

/** Nothing in it need survive a power cut, and nobody but us may reach it. */
function settings(folder: string): string {
  const pairs = {
    listen_addresses: '',
    unix_socket_directories: folder,
    fsync: 'off',
    full_page_writes: 'off',
    autovacuum: 'off',
    max_connections: '10',
    max_wal_senders: '0',
    wal_level: 'minimal',
    timezone: 'UTC',
  }
  return Object.entries(pairs)
    .map(([name, value]) => `\n${name} = '${value.replaceAll("'", "''")}'`)
    .join('')
}

export async function startCluster(host: Host, { folder, bin }: ScratchCluster, signal: AbortSignal): Promise<void> {
  const argv = [
    join(bin, 'pg_ctl'),
    'start',
    '--wait',
    '--silent',
    '-D',
    join(folder, 'data'),
    '-l',
    join(folder, 'log'),
  ]
  const [program = '', ...args] = argv
  await must(await host.run([program, ...args], { timeoutMs: SHORT_MS, signal, as: ACCOUNT, cwd: folder }), 'pg_ctl')
}

/** Stops it, by force where it must be, and removes it. For what is gone already it does nothing. */
export async function wipeCluster(host: Host, { folder, bin }: ScratchCluster): Promise<void> {
  const argv = [join(bin, 'pg_ctl'), 'stop', '--mode=immediate', '--silent', '-D', join(folder, 'data')] as const
  await host.run([...argv], { timeoutMs: SHORT_MS, as: ACCOUNT, cwd: '/' }).catch(() => null)
  for (let left = WIPE_TRIES; ; left -= 1) {
    // By the account itself: code of the dump may still run, and lead root out of the folder by a link put into its way.
    const remove = ['rm', '-rf', '--one-file-system', '--', folder] as const
    await host.run([...remove], { timeoutMs: SHORT_MS, as: ACCOUNT, cwd: '/' }).catch(() => null)
    try {
      return await rmdir(folder)
    } catch (thrown) {
      const code = codeOf(thrown)
      if (code === 'ENOENT' || code === 'ENOTDIR') return
      if (left <= 1) throw thrown
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Rows as text, one per line, columns parted by tabs. Settings are the same on both sides of a comparison. */
export async function sql(
  host: Host,
  { folder, bin }: ScratchCluster,
  database: string,
  text: string,
  signal: AbortSignal,
  timeoutMs = SHORT_MS,
): Promise<readonly string[]> {
  const argv = [join(bin, 'psql'), ...psqlOptions, `--host=${folder}`, `--username=${SUPERUSER}`, database] as const
  const ended = await host.run([...argv], { timeoutMs, signal, input: text, env: { PGOPTIONS }, cwd: folder })
  return rowsOf(await must(ended, 'psql'))
}

export const psqlOptions = [
  '--no-psqlrc',
  '--quiet',
  '--tuples-only',
  '--no-align',
  '--field-separator=\t',
  '--set=ON_ERROR_STOP=1',
]
export const PGOPTIONS =
  '-c datestyle=ISO -c timezone=UTC -c extra_float_digits=3 -c bytea_output=hex -c intervalstyle=iso_8601'

export function rowsOf({ stdout }: Finished): readonly string[] {
  return stdout.split('\n').filter((row) => row !== '')
}

export async function must(ended: Finished, program: string): Promise<Finished> {
  if (ended.code === 0) return ended
  const words = oneLine(ended.stderr || ended.stdout, 300)
  if (/No space left/i.test(ended.stderr))
    throw new ChaosError('storage-full', `${program} found no space left: ${words}`)
  throw new ChaosError('backup-unusable', `${program} failed: ${words}`)
}

/** The connection of pg_restore. */
export function restoreArguments({ folder }: ScratchCluster): readonly string[] {
  return [`--host=${folder}`, `--username=${SUPERUSER}`, '--dbname=scratch']
}
