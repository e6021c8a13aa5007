import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import * as z from 'zod'
import { secretOf } from '../../definitions/index.ts'
import type { Finished } from '../../host/index.ts'
import { oneLine } from '../../text/index.ts'
import { chosenArchives, globOf } from './borg-series.ts'
import type { BackupDriver, DriverContext, Listing, Part, Snapshot } from './driver.ts'
import { tooLarge } from './limits.ts'
import { temporary } from './temporary.ts'

/** `borg list --json REPOSITORY`; times without an offset are those of TZ, which is UTC here. */
const Archives = z.looseObject({
  archives: z.array(z.looseObject({ archive: z.string().min(1), start: z.string(), hostname: z.string().default('') })),
})
/** `borg info --json REPOSITORY::ARCHIVE`. */
const Info = z.looseObject({
  archives: z.array(z.looseObject({ stats: z.looseObject({ original_size: z.number(), nfiles: z.number() }) })).min(1),
})
/** One line of `borg list --json-lines REPOSITORY::ARCHIVE`. */
const Item = z.looseObject({ path: z.string(), size: z.number().optional() })

const SHORT_MS = 120_000
/** Who made them stands in the archives themselves, so that each of them costs a look. */
const MOST_ARCHIVES = 1_000
const LONG_MS = 24 * 3_600_000

/**
 * Borg (https://borgbackup.readthedocs.io), 1.1 to 1.4. `--bypass-lock` everywhere: not even a lock is written into the
 * repository. Its cache and what it remembers of the repository go to a folder of ours.
 */
export const borgDriver: BackupDriver = {
  name: 'borg',
  program: 'borg',
  keepsOwners: () => true,
  keepsAccess: true,
  bringsFolder: true,
  snapshots,
  size,
  async check(context) {
    await borg(context, 'check', [context.repository.location], { timeoutMs: LONG_MS })
  },
  list,
  contentsAt: (target, inside) => join(target, inside),
  async restore(context, { snapshot, inside }, target) {
    context.note?.(`from the archive ${snapshot.id}`)
    // Warnings, such as an attribute that this file system cannot keep, are for the comparison to judge.
    const options = { timeoutMs: LONG_MS, cwd: target, mayWarn: true }
    await borg(context, 'extract', [archiveOf(context, snapshot.id), ...only(inside)], options)
  },
}

async function snapshots(context: DriverContext, atMost: number): Promise<Snapshot[]> {
  const glob = globOf(context.repository)
  const which = [`--last=${MOST_ARCHIVES}`, ...(glob === null ? [] : [`--glob-archives=${glob}`])]
  const args = ['--json', '--format={hostname}', '--sort-by=timestamp', ...which, context.repository.location]
  const { stdout } = await borg(context, 'list', args, { timeoutMs: SHORT_MS })
  const all = parse(Archives, stdout, 'list')
    .archives.map(({ archive, hostname, start }) => ({ archive, hostname, takenMs: utcMs(start) }))
    .filter(({ takenMs }) => Number.isFinite(takenMs))
  const chosen = await chosenArchives(context, all, { atMost, holds: (archive) => holds(context, archive) })
  return chosen.slice(0, atMost)
}

/** Is the wanted folder in it? */
async function holds(context: DriverContext, archive: string): Promise<boolean> {
  const args = ['--format={path}{NL}', archiveOf(context, archive), `pf:${context.inside}`]
  const { stdout } = await borg(context, 'list', args, { timeoutMs: LONG_MS, mayWarn: true })
  return stdout !== ''
}

/** Size of all that an archive would restore. */
async function size(context: DriverContext, archive: string): Promise<Listing> {
  const { stdout } = await borg(context, 'info', ['--json', archiveOf(context, archive)], { timeoutMs: LONG_MS })
  const stats = parse(Info, stdout, 'info').archives[0]?.stats
  return { entries: stats?.nfiles ?? 0, bytes: stats?.original_size ?? 0 }
}

async function list(context: DriverContext, { snapshot, inside }: Part, maxBytes: number): Promise<Listing> {
  const listing = inside === '.' ? await size(context, snapshot.id) : await listFolder(context, snapshot.id, inside)
  if (listing.bytes > maxBytes) throw tooLarge(`archive ${snapshot.id}`, maxBytes)
  return listing
}

async function listFolder(context: DriverContext, archive: string, inside: string): Promise<Listing> {
  let listed: Finished
  try {
    const args = ['--json-lines', archiveOf(context, archive), ...only(inside)]
    listed = await borg(context, 'list', args, { timeoutMs: LONG_MS, mayWarn: true })
  } catch (thrown) {
    // A list too long to be held is no fault of the backup: the size of the whole archive is the safe estimate.
    if (thrown instanceof ChaosError && thrown.code === 'tool-failed') return size(context, archive)
    throw thrown
  }
  const rows = listed.stdout.split('\n').filter((row) => row !== '')
  if (rows.length === 0) {
    const text = `Archive ${archive} holds nothing below /${inside}`
    throw new ChaosError('backup-unusable', `${text}; check \`inside\` in repositories.yaml`)
  }
  const bytes = rows.reduce((sum, row) => sum + (parse(Item, row, 'list').size ?? 0), 0)
  return { entries: rows.length, bytes }
}

/** `pp:`: the path and what lies below, with no character of it taken for a pattern. */
function only(inside: string): string[] {
  return inside === '.' ? [] : [`pp:${inside}`]
}

function archiveOf({ repository }: DriverContext, archive: string): string {
  return `${repository.location}::${archive}`
}

function utcMs(text: string): number {
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
}

interface How {
  readonly timeoutMs: number
  readonly cwd?: string
  /** Exit code 1, or 100 and more since borg 1.4: it came to its end, with warnings. */
  readonly mayWarn?: boolean
}

/** Runs borg and turns its failures into sentences. */
async function borg(context: DriverContext, command: string, args: readonly string[], how: How): Promise<Finished> {
  const { host, repository, signal } = context
  const own = context.cacheFolder === null ? await mkdtemp(join(tmpdir(), 'chaos-lite-borg-')) : null
  try {
    const env = {
      ...(await environment(context, context.cacheFolder ?? own ?? tmpdir())),
      ...repository.env,
      ...temporary(),
    }
    const { timeoutMs, cwd } = how
    const options = { timeoutMs, signal, env, ...(cwd === undefined ? {} : { cwd }) }
    const ended = await host.run(['borg', command, '--bypass-lock', ...args], options)
    const warned = ended.code !== null && (ended.code === 1 || ended.code >= 100)
    if (ended.code === 0 || (warned && how.mayWarn)) return ended
    throw failure(repository.location, command, ended)
  } finally {
    if (own !== null) await rm(own, { recursive: true, force: true })
  }
}

/** The passphrase goes by the environment, which only root and the same account can see, never by an argument. */
async function environment({ host, repository }: DriverContext, folder: string): Promise<Record<string, string>> {
  const env: Record<string, string> = {
    BORG_CACHE_DIR: join(folder, 'cache'),
    BORG_SECURITY_DIR: join(folder, 'security'),
    // Nobody can be asked. That a repository has moved, or was never seen, is no news to an empty folder.
    BORG_RELOCATED_REPO_ACCESS_IS_OK: 'no',
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: repository.passwordFile === undefined ? 'yes' : 'no',
  }
  // Key files lie in the administrator's own folder; where there is none, borg would make one.
  if (!(await host.files.exists(join(homedir(), '.config/borg')))) env.BORG_CONFIG_DIR = join(folder, 'config')
  if (repository.passwordFile === undefined) return env
  const secret = await secretOf(repository)
  if ('why' in secret) throw new ChaosError('backup-unusable', `The password of the borg repository: ${secret.why}`)
  return { ...env, BORG_PASSPHRASE: secret.password }
}

function failure(location: string, command: string, { stderr }: Finished): ChaosError {
  const words = oneLine(stderr, 300)
  if (/passphrase supplied in .* is incorrect|acquire a passphrase/i.test(stderr)) {
    return new ChaosError('backup-unusable', `The password for the borg repository ${location} is wrong or missing`)
  }
  if (/No space left/i.test(stderr)) {
    return new ChaosError('storage-full', `borg ${command} found no space left on this host: ${words}`)
  }
  if (/does not exist|is not a valid repository/i.test(stderr)) {
    return new ChaosError('backup-unusable', `There is no borg repository at ${location}: ${words}`)
  }
  return new ChaosError('backup-unusable', `borg ${command} failed on ${location}: ${words}`)
}

function parse<T>(schema: z.ZodType<T>, text: string, command: string): T {
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new ChaosError('tool-failed', `borg ${command} answered in a form that this agent does not know`, { cause })
  }
}
