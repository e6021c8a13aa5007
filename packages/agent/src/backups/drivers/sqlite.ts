import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ChaosError } from '@chaos-lite/shared'
import { codeOf } from '../../durable/index.ts'
import { ownCommand } from '../../program/index.ts'
import { faultOf, oneLine } from '../../text/index.ts'
import { streamRegular } from '../regular-file.ts'
import { DataAnswer, type DataRequest } from '../sqlite/protocol.ts'
import { backupFiles } from './backup-files.ts'
import type { BackupDriver, DataComparison, DataToCompare, DriverContext, Part } from './driver.ts'
import { tooLarge } from './limits.ts'

/** Every SQLite database (https://sqlite.org/fileformat2.html). */
const DATABASE = {
  magic: 'SQLite format 3\0',
  not: 'no SQLite database, or an encrypted one',
  besides: /-(?:wal|shm|journal)$/,
}
const COMPARE_MS = 24 * 3_600_000
const RESTORED = 'database.sqlite'

/** A copy of an SQLite database, or a folder of such copies: what `.backup`, `VACUUM INTO` or a copying job made. */
export const sqliteDriver: BackupDriver = {
  name: 'sqlite',
  keepsOwners: () => false,
  snapshots: ({ repository }, atMost) => backupFiles(repository.location, DATABASE, atMost),
  list,
  contentsAt: (target) => target,
  async restore(context, { snapshot }, target) {
    try {
      await copy(snapshot.id, join(target, RESTORED), context.signal)
      if ((await sizeOf(`${snapshot.id}-wal`)) > 0)
        await copy(`${snapshot.id}-wal`, join(target, `${RESTORED}-wal`), context.signal)
    } catch (thrown) {
      if (context.signal.aborted || thrown instanceof ChaosError) throw thrown
      const code = codeOf(thrown) === 'ENOSPC' ? 'storage-full' : 'backup-unusable'
      throw new ChaosError(code, `The copy of ${snapshot.id} failed: ${faultOf(thrown)}`, { cause: thrown })
    }
  },
  compare,
}

async function copy(from: string, to: string, signal: AbortSignal): Promise<void> {
  const source = await streamRegular(from, { highWaterMark: 1024 * 1024 })
  await pipeline(source, createWriteStream(to, { flags: 'wx', mode: 0o600 }), { signal })
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

async function list(_: DriverContext, { snapshot }: Part, maxBytes: number) {
  const bytes = (await sizeOf(snapshot.id)) + (await sizeOf(`${snapshot.id}-wal`))
  // Sorting the rows of a large table needs about as much room once more.
  if (2 * bytes > maxBytes) throw tooLarge(snapshot.id, maxBytes)
  return { entries: 1, bytes }
}

async function compare(context: DriverContext, what: DataToCompare): Promise<DataComparison> {
  const { repository, host, signal } = context
  const { live, takenMs } = what
  const changedMs = live === null ? 0 : Math.max(await changedAt(live), await changedAt(`${live}-wal`))
  const { canary, newest } = repository
  const request: DataRequest = {
    restored: join(what.restored, RESTORED),
    live,
    unchanged: live !== null && changedMs <= takenMs,
    canary: canary === undefined ? null : { at: columnOf(canary.file), sha256: canary.sha256 },
    newest: newest === undefined ? null : columnOf(newest),
  }
  const answer = await ask(context, host.run.bind(host), request, what.restored, signal)
  const [problem] = answer.problems
  if (problem !== undefined) {
    throw new ChaosError(
      'backup-unusable',
      `The restored database is damaged: ${oneLine(answer.problems.join('; '), 400)}`,
    )
  }
  return {
    items: answer.rows,
    byBytes: 0,
    differences: answer.differences,
    changedSince: answer.changedSince,
    newestMs: answer.newestMs ?? takenMs,
    canary: answer.canary,
    how: `${answer.tables} tables row by row`,
  }
}

/** In a process of its own, whose room for sorting lies in the scratch folder and is wiped with it. */
async function ask(
  { repository }: DriverContext,
  run: DriverContext['host']['run'],
  request: DataRequest,
  scratch: string,
  signal: AbortSignal,
): Promise<DataAnswer> {
  const [program, ...args] = ownCommand()
  const ended = await run([program, ...args, 'compare-databases'], {
    timeoutMs: COMPARE_MS,
    signal,
    input: JSON.stringify(request),
    env: { SQLITE_TMPDIR: scratch, NODE_NO_WARNINGS: '1' },
  })
  if (ended.code === 0) return DataAnswer.parse(JSON.parse(ended.stdout))
  const words = oneLine(ended.stderr, 300) || `it ended with ${ended.code ?? ended.signal}`
  throw new ChaosError('backup-unusable', `The database restored from ${repository.location} cannot be read: ${words}`)
}

async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}

/** `table.column`; a table's own name may hold dots. */
function columnOf(name: string): [string, string] {
  const dot = name.lastIndexOf('.')
  return [name.slice(0, dot), name.slice(dot + 1)]
}
