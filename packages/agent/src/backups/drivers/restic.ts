import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import * as z from 'zod'
import type { Finished } from '../../host/index.ts'
import { oneLine } from '../../text/index.ts'
import type { BackupDriver, DriverContext, Listing, Part, Snapshot } from './driver.ts'
import { tooLarge } from './limits.ts'
import { chosenSnapshots, ResticSnapshots } from './restic-series.ts'
import { temporary } from './temporary.ts'

const Stats = z.looseObject({ total_size: z.number(), total_file_count: z.number() })
const Node = z.looseObject({ struct_type: z.string(), type: z.string().optional(), size: z.number().optional() })

const SHORT_MS = 120_000
const LONG_MS = 24 * 3_600_000

/** restic (https://restic.readthedocs.io), 0.14 or newer. `--no-lock` everywhere: the repository is never written to. */
export const resticDriver: BackupDriver = {
  name: 'restic',
  program: 'restic',
  keepsOwners: () => true,
  keepsAccess: true,
  bringsFolder: true,
  snapshots,
  size: resticSize,
  async check(context) {
    await restic(context, ['check'], LONG_MS)
  },
  list,
  contentsAt: (target, inside) => join(target, inside),
  async restore(context, { snapshot, inside }, target) {
    context.note?.(`from the snapshot ${snapshot.id.slice(0, 8)}`)
    const only = inside === '.' ? [] : [`--include=/${escapeGlob(inside)}`]
    await restic(context, ['restore', snapshot.id, `--target=${target}`, ...only, '--verify'], LONG_MS)
  },
}

async function snapshots(context: DriverContext, atMost: number): Promise<Snapshot[]> {
  const { stdout } = await restic(context, ['snapshots', '--json'], SHORT_MS)
  const all = parse(ResticSnapshots, stdout, 'snapshots')
  return chosenSnapshots(context, withoutPassword(context.repository.location), all).slice(0, atMost)
}

/** Size of all that a snapshot would restore, for those restic versions that do not keep it with the snapshot. */
async function resticSize(context: DriverContext, snapshotId: string): Promise<Listing> {
  const { stdout } = await restic(context, ['stats', '--json', '--mode=restore-size', snapshotId], LONG_MS)
  const stats = parse(Stats, stdout, 'stats')
  return { entries: stats.total_file_count, bytes: stats.total_size }
}

async function list(context: DriverContext, { snapshot, inside }: Part, maxBytes: number): Promise<Listing> {
  const listing =
    inside === '.' ? await resticSize(context, snapshot.id) : await listFolder(context, snapshot.id, inside)
  if (listing.bytes > maxBytes) throw tooLarge(`snapshot ${snapshot.id.slice(0, 8)}`, maxBytes)
  return listing
}

async function listFolder(context: DriverContext, snapshotId: string, inside: string): Promise<Listing> {
  let listed: Finished
  try {
    listed = await restic(context, ['ls', '--json', '--recursive', snapshotId, `/${inside}`], LONG_MS)
  } catch (thrown) {
    // A list too long to be held is no fault of the backup: the size of the whole snapshot is the safe estimate.
    if (thrown instanceof ChaosError && thrown.code === 'tool-failed') return resticSize(context, snapshotId)
    throw thrown
  }
  let entries = 0
  let bytes = 0
  for (const row of listed.stdout.split('\n')) {
    if (row === '') continue
    const node = parse(Node, row, 'ls')
    if (node.struct_type !== 'node') continue
    entries += 1
    bytes += node.size ?? 0
  }
  if (entries === 0) {
    const text = `Snapshot ${snapshotId.slice(0, 8)} holds nothing below /${inside}`
    throw new ChaosError('backup-unusable', `${text}; check \`inside\` in repositories.yaml`)
  }
  return { entries, bytes }
}

/** Runs restic and turns its failures into sentences. */
async function restic(context: DriverContext, args: readonly string[], timeoutMs: number): Promise<Finished> {
  const { host, repository, signal, cacheFolder } = context
  const password = repository.passwordFile === undefined ? [] : [`--password-file=${repository.passwordFile}`]
  const cache = cacheFolder === null ? '--no-cache' : `--cache-dir=${cacheFolder}`
  // `rest:https://user:password@host/`: an argument is read by every account of this host, the environment is not.
  const env = { ...repository.env, RESTIC_REPOSITORY: repository.location, ...temporary() }
  const ended = await host.run(['restic', '--no-lock', cache, ...password, ...args], { timeoutMs, signal, env })
  if (ended.code === 0) return ended
  const shown = withoutPassword(repository.location)
  const stderr = ended.stderr.replaceAll(repository.location, shown)
  throw failure(shown, args[0] ?? '', { ...ended, stderr })
}

/** Exit codes 10 to 12 since restic 0.17; older ones say it in words only. */
function failure(location: string, command: string, { code, stderr }: Finished): ChaosError {
  const words = oneLine(stderr, 300)
  if (code === 12 || /wrong password|no key found/i.test(stderr)) {
    return new ChaosError('backup-unusable', `The password for the restic repository ${location} is wrong`)
  }
  if (/No space left/i.test(stderr)) {
    return new ChaosError('storage-full', `restic ${command} found no space left on this host: ${words}`)
  }
  if (code === 10 || /unable to open config file|does not exist/i.test(stderr)) {
    return new ChaosError('backup-unusable', `There is no restic repository at ${location}: ${words}`)
  }
  return new ChaosError('backup-unusable', `restic ${command} failed on ${location}: ${words}`)
}

function parse<T>(schema: z.ZodType<T>, text: string, command: string): T {
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new ChaosError('tool-failed', `restic ${command} answered in a form that this agent does not know`, { cause })
  }
}

/** `--include` takes patterns as of Go's filepath.Match; a folder's own special characters must not match others. */
function escapeGlob(path: string): string {
  return path.replace(/[\\*?[\]]/g, '\\$&')
}

/** A location as it may be shown: what stands between `//` and `@` never leaves the host. */
function withoutPassword(location: string): string {
  return location.replace(/\/\/[^/@]*:[^/]*@/, '//…@')
}
