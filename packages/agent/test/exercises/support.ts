import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { RepositoryDefinition } from '../../src/definitions/definitions.ts'
import { sentencesOf } from '../../src/engine/explanation.ts'
import { backupRestore } from '../../src/exercises/backup-restore.ts'
import { describeRestore, restoreTexts } from '../../src/exercises/backup-restore-prepare.ts'
import { noBox } from '../../src/exercises/box/boxes.ts'
import type { ExerciseContext, ExerciseResult } from '../../src/exercises/exercise.ts'
import { performRestore } from '../../src/exercises/perform-restore.ts'
import { RestoreParams } from '../../src/exercises/restore-params.ts'
import { definitions, localHost, temporaryFolder } from '../fixtures/local-host.ts'

const execute = promisify(execFile)
export const CANARY = 'canary-4711'
export const HOUR_MS = 3_600_000

/** A shared folder as a small company has it, last written an hour ago, in a place of its own. */
export async function liveFolder(given?: string): Promise<{ base: string; live: string }> {
  const base = given ?? (await temporaryFolder())
  const live = join(base, 'srv', 'share')
  const files: Record<string, string> = {
    'orders/2026-01.csv': 'a;b\n1;2\n',
    'orders/2026-02.csv': 'a;b\n3;4\n'.repeat(1000),
    'readme.txt': 'hello',
    'with space/ümläut.txt': 'x',
    'empty.txt': '',
    '.canary': CANARY,
  }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(live, name)), { recursive: true })
    await writeFile(join(live, name), text)
    const when = new Date(Date.now() - HOUR_MS)
    await utimes(join(live, name), when, when)
  }
  await symlink('readme.txt', join(live, 'link'))
  return { base, live }
}

export const canary = { file: '.canary', sha256: createHash('sha256').update(CANARY).digest('hex') }

export async function tool(program: string, args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  return (await execute(program, args, { ...options, env: { ...process.env, ...options.env } })).stdout
}

/** A restic repository with one snapshot of `live`. */
export async function resticRepository(
  base: string,
  live: string,
): Promise<RepositoryDefinition & { passwordFile: string }> {
  const location = join(base, 'repo')
  const passwordFile = join(base, 'password')
  await writeFile(passwordFile, 'test\n', { mode: 0o600 })
  const common = ['--repo', location, '--password-file', passwordFile, '--no-cache', '--quiet']
  await tool('restic', ['init', ...common])
  await tool('restic', ['backup', ...common, live])
  return { driver: 'restic', location, passwordFile, compareWith: live, canary }
}

/** An encrypted borg repository with one archive of `live`. */
export async function borgRepository(
  base: string,
  live: string,
): Promise<RepositoryDefinition & { passwordFile: string }> {
  const location = join(base, 'repo')
  const passwordFile = join(base, 'password')
  await writeFile(passwordFile, 'test\n', { mode: 0o600 })
  await borg(base, ['init', '--encryption=repokey', location])
  // Borg counts in seconds: a second archive of the same second would be as new as this one.
  const minuteAgo = new Date(Date.now() - 60_000).toISOString().slice(0, 19)
  await borg(base, ['create', `--timestamp=${minuteAgo}`, `${location}::first`, live])
  return { driver: 'borg', location, passwordFile, compareWith: live, canary }
}

/** Borg as its owner calls it, with all that it remembers below `base`. */
export async function borg(base: string, args: string[]): Promise<string> {
  const env = { BORG_PASSPHRASE: 'test', BORG_BASE_DIR: join(base, 'borg-home') }
  return tool('borg', args, { env })
}

interface Performed extends ExerciseResult {
  readonly phases: readonly string[]
  readonly scratch: string
}

/** What the exercise does, in this very process and in a scratch folder of its own. */
export async function restore(
  repository: RepositoryDefinition,
  params: Record<string, unknown> = {},
  context: Partial<ExerciseContext> = {},
): Promise<Performed> {
  const { host = localHost() } = context
  return restoreBy((given, checked) => performRestore(given, checked, noBox(host)), repository, params, context)
}

/** The exercise as the agent runs it: in processes of its own, in boxes. Needs root. */
export async function restoreBoxed(
  repository: RepositoryDefinition,
  params: Record<string, unknown> = {},
  context: Partial<ExerciseContext> = {},
): Promise<Performed> {
  return restoreBy((given, checked) => backupRestore.perform(given, checked), repository, params, context)
}

async function restoreBy(
  perform: (context: ExerciseContext, params: RestoreParams) => Promise<ExerciseResult>,
  repository: RepositoryDefinition,
  params: Record<string, unknown>,
  context: Partial<ExerciseContext>,
): Promise<Performed> {
  const scratch = join(await temporaryFolder(), 'scratch')
  const phases: string[] = []
  const given = {
    host: localHost(),
    local: definitions({}, { nightly: repository }),
    signal: new AbortController().signal,
    scratchFolder: scratch,
    phase: (name: string) => void phases.push(name),
    quarantine: () => null,
    ...context,
  }
  const result = await asUnit(() => perform(given, RestoreParams.parse({ repository: 'nightly', ...params })))
  return { ...result, phases, scratch }
}

/** The umask that the installer gives to the agent's unit. */
const UNIT_UMASK = 0o077
/** Variables of a person's session, which the manager of services sets for nobody. */
const OF_A_SESSION = /^(?:HOME|USER|LOGNAME|SHELL|TERM|PWD|OLDPWD|TMPDIR|LANG|LANGUAGE|LC_.*|XDG_.*|SSH_.*)$/

/** Does `work` under the umask and the variables that the installed agent has. */
export async function asUnit<T>(work: () => Promise<T>): Promise<T> {
  const umask = process.umask(UNIT_UMASK)
  const kept = Object.entries(process.env).filter(([name]) => OF_A_SESSION.test(name))
  for (const [name] of kept) delete process.env[name]
  try {
    return await work()
  } finally {
    process.umask(umask)
    Object.assign(process.env, Object.fromEntries(kept))
  }
}

/** Every file below a folder, or one file, with its bytes: to see that nothing was changed. */
export async function contentsOf(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  if ((await stat(folder)).isFile()) return { [folder]: (await readFile(folder)).toString('base64') }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    found[path] = entry.isFile()
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : 'no file'
  }
  return found
}

/** What planning would say of restoring the newest backup of this repository. */
export async function prepareRestore(
  repository: RepositoryDefinition | null,
  params: Record<string, unknown> = {},
  host = localHost(),
) {
  const context = {
    host,
    local: definitions({}, repository === null ? {} : { nightly: repository }),
    signal: new AbortController().signal,
    scratchFolder: '/nowhere',
    quarantine: () => null,
  }
  const messages = await describeRestore(
    context,
    RestoreParams.parse({ repository: 'nightly', ...params }),
    noBox(context.host),
  )
  return sentencesOf(messages, restoreTexts)
}
