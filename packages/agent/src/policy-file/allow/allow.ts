import { dirname } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { Host } from '../../host/index.ts'
import type { Locker } from '../../lock/index.ts'
import { stat } from '../../small-files/index.ts'
import { starterPolicy } from '../starter.ts'
import type { Addition } from './addition.ts'
import { editPolicy } from './edit.ts'
import { createPolicy, readPolicy, replacePolicy } from './policy-file.ts'
import { previewOf } from './preview.ts'

/** What is to be allowed, and in which file. */
export interface AllowOptions {
  readonly path: string
  readonly files: Host['files']
  /** Two commands at once wait for each other, so that neither loses what the other wrote. */
  readonly locker: Locker
  readonly additions: readonly Addition[]
  /** Only shows what would be changed. */
  readonly dryRun: boolean
  readonly hostname: string
  readonly nowMs: number
}

/** What came of it. With `dryRun` the outcome says what would have been done. */
export interface Allowed {
  readonly path: string
  readonly outcome: 'changed' | 'created' | 'already allowed' | 'would change' | 'would create'
  readonly added: readonly Addition[]
  readonly already: readonly Addition[]
  /** What changes, as `diff -u` shows it. */
  readonly preview: readonly string[]
  /** The version before, kept beside the file. */
  readonly kept: string | null
}

const WAIT_MS = 30_000
/** Somebody who writes the file with an editor at the very moment: read again so often. */
const ATTEMPTS = 5

/**
 * Adds to the policy of this host what its owner asks for, and nothing else. A file with a mistake is not touched.
 * @throws ChaosError, and then nothing was changed
 */
export async function allowInPolicy(options: AllowOptions): Promise<Allowed> {
  await refuseOthers(options.path)
  if (options.dryRun) return (await attempt(options)) as Allowed
  using _lock = await options.locker.acquire(WAIT_MS)
  for (let round = 0; round < ATTEMPTS; round += 1) {
    const done = await attempt(options)
    if (done !== null) return done
  }
  throw new ChaosError('wrong-state', `Somebody else keeps writing ${options.path}. Nothing was changed; try again.`)
}

/** Null when somebody else wrote the file meanwhile. */
async function attempt(options: AllowOptions): Promise<Allowed | null> {
  const { path, files, additions, dryRun, hostname, nowMs } = options
  const bytes = readPolicy(path)
  const before = bytes?.toString('utf8') ?? starterPolicy({ profile: 'none', hostname })
  const { text, added, already } = editPolicy(before, additions, path)
  const about = { path, added, already, preview: previewOf(bytes === null ? '' : before, text), kept: null }
  if (bytes !== null && added.length === 0) return { ...about, outcome: 'already allowed' }
  if (dryRun) return { ...about, outcome: bytes === null ? 'would create' : 'would change' }
  if (bytes === null) return (await createPolicy(files, path, text)) ? { ...about, outcome: 'created' } : null
  const kept = await replacePolicy(files, { path, before: bytes, after: text, nowMs })
  return kept === 'changed meanwhile' ? null : { ...about, outcome: 'changed', kept }
}

/** The owner of the file, or root. Said before anything is tried: a refusal of the system would not say what to do. */
async function refuseOthers(path: string): Promise<void> {
  const self = process.geteuid?.()
  if (self === undefined || self === 0) return
  const there = (await stat(path).catch(() => null)) ?? (await stat(dirname(path)).catch(() => null))
  if (there === null || there.uid === self) return
  throw new ChaosError(
    'not-allowed',
    `${path} belongs to user ${there.uid}, and only its owner may change it. Run this command as root.`,
  )
}
