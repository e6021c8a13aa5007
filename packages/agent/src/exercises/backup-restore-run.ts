import { join } from 'node:path'
import { ChaosError, describeNotCompared, utcText } from '@chaos-lite/shared'
import type { ComparisonAnswer } from '../backups/index.ts'
import {
  ageOf,
  answerOf,
  type BackupDriver,
  type DriverContext,
  driverOf,
  insideOf,
  repositoryNamed,
  type Snapshot,
} from '../backups/index.ts'
import type { RepositoryDefinition } from '../definitions/index.ts'
import { makeFolders } from '../small-files/index.ts'
import { oneLine } from '../text/index.ts'
import { type Boxes, RESERVE_BYTES } from './box/boxes.ts'
import type { Done, Work } from './child/messages.ts'
import type { ExerciseContext, ExerciseResult } from './exercise.ts'
import { createPhases } from './phases.ts'
import type { RestoreParams } from './restore-params.ts'
import { placeTarget, type RestoreTarget, scratchTarget } from './target.ts'
import { wipeFolder } from './wipe.ts'

const DIFFERENCES_SHOWN = 49

/**
 * The exercise itself: open, check, list, restore, place, compare, wipe. What reads the backup or the files of others, and
 * what unpacks it, is done in boxes; here are only our own folders. Throws when the backup fails it.
 */
export async function runRestore(
  context: ExerciseContext,
  params: RestoreParams,
  boxes: Boxes,
): Promise<ExerciseResult> {
  const { host, local, signal, scratchFolder, phase } = context
  const timed = createPhases(host.clock, phase)
  const repository = await repositoryNamed(local, params.repository)
  const inside = insideOf(repository, params.folder ?? null)
  const driver = driverOf(repository)
  const cacheFolder = join(scratchFolder, 'cache')
  await makeFolders(cacheFolder)
  let target: RestoreTarget | null = null
  try {
    target =
      params.into === 'place'
        ? await placeTarget(context, driver, inside, params.folder ?? '')
        : await scratchTarget(context, driver, inside)
    const to = target
    const place = to.place !== null
    const maxBytes = Math.max(0, (await host.files.freeBytes(to.path)) - RESERVE_BYTES)
    const source = { name: params.repository, repository, inside, cacheFolder }
    const restore: Work = { kind: 'restore', ...source, check: params.check === true, target: to.path, maxBytes }
    const ways = { phase, signal, place }
    // A database server gets one folder: it keeps no cache.
    const writable = driver.look === undefined ? [to.path, cacheFolder] : [to.path]
    const { snapshot, seen, notes } = only('restore', await boxes.do(restore, { ...ways, writable }))
    const restored = to.place === null ? to.contents : await timed('place', to.place)
    const work = { context, params, repository, driver, snapshot, to, notes }
    if (seen !== null) return await timed('compare', () => judgeDatabase(work, seen))
    return await timed('compare', async () => {
      const live = liveOf(work)
      const how = { snapshot, restored, live, folder: params.folder ?? null, sample: params.sample ?? null }
      // Sorting takes room: SQLite has it beside the restored file.
      const compare: Work = { kind: 'compare', ...source, ...how }
      const boxed = { ...ways, phase: () => undefined, writable: place ? [] : [restored] }
      const { comparison } = only('compare', await boxes.do(compare, boxed))
      return judgeRestore(work, comparison, live)
    })
  } finally {
    await timed('wipe', async () => {
      await target?.wipe()
      await wipeFolder(cacheFolder)
    })
  }
}

function only<K extends Done['kind']>(kind: K, done: Done): Extract<Done, { kind: K }> {
  if (done.kind !== kind) throw new ChaosError('internal', `A box has done ${done.kind} where ${kind} was asked for`)
  return done as Extract<Done, { kind: K }>
}

interface Restored {
  readonly context: ExerciseContext
  readonly params: RestoreParams
  readonly repository: RepositoryDefinition
  readonly driver: BackupDriver
  readonly snapshot: Snapshot
  readonly to: RestoreTarget
  readonly notes: readonly string[]
}

function liveOf({ to, params, repository }: Restored): string | null {
  return to.original ?? params.folder ?? repository.compareWith ?? null
}

async function judgeDatabase(
  work: Restored,
  seen: NonNullable<Extract<Done, { kind: 'restore' }>['seen']>,
): Promise<ExerciseResult> {
  const { context, repository, driver, snapshot } = work
  const { host, signal } = context
  const source: DriverContext = { host, repository, inside: '.', signal, cacheFolder: null }
  const found = await driver.judge?.(source, seen, snapshot.takenMs)
  if (found === undefined) throw new ChaosError('internal', `${driver.name} cannot judge what it has restored`)
  const live = serverDatabase(repository)
  return judgeRestore(work, answerOf(found, live !== null), live)
}

function judgeRestore(work: Restored, comparison: ComparisonAnswer, live: string | null): ExerciseResult {
  const { context, driver, snapshot } = work
  const { items, newestMs, canary, liveExists } = comparison
  const nowMs = context.host.clock.wallMs()
  const { takenMs } = snapshot
  // No backup holds what is newer than itself, whatever time a file in it carries.
  const dataAgeMs = newestMs === null ? null : ageOf(Math.min(newestMs, takenMs), nowMs)
  const own = [
    ...(ageOf(takenMs, nowMs) === null
      ? [`The backup says that it was taken at ${utcText(takenMs)}, in the future: its age is not known`]
      : []),
    ...(live === null || liveExists
      ? []
      : [
          `The live ${driver.compare === undefined ? 'folder' : 'database'} ${live} does not exist: nothing was compared`,
        ]),
  ]
  const count = own.length + comparison.differenceCount
  return {
    ok: items > 0 && count === 0 && canary !== 'missing',
    reason: oneLine(sentence(work, comparison, live, count), 1024),
    items,
    differences: bounded([...own, ...comparison.differences], count),
    differenceCount: count,
    notCompared: comparison.notCompared,
    dataAgeMs,
    canary,
  }
}

/** A live database that a server holds, as people call it; null for what lies in a file or folder. */
export function serverDatabase({ database }: RepositoryDefinition): string | null {
  return database === undefined ? null : `the database ${database}`
}

/** What was compared with what, and what came of it: this goes into the record. */
function sentence(
  { snapshot, repository, notes }: Restored,
  { items, how, notCompared, canary }: ComparisonAnswer,
  live: string | null,
  differences: number,
): string {
  const of = snapshot.of === undefined ? '' : ` (${snapshot.of})`
  const what = `Backup of ${utcText(snapshot.takenMs)}${of}: ${items} items restored`
  if (items === 0) return [`${what}: it is empty`, ...notes].join('; ')
  const compared = live === null ? 'there is no live folder to compare with' : `compared with ${live}, ${how}`
  const left = describeNotCompared(notCompared)
  const parts = [`${what}; ${compared}`, `${differences} differences`, ...(left === null ? [] : [left]), ...notes]
  if (canary === 'missing') parts.push(`the canary ${repository.canary?.file ?? ''} was not restored`)
  return parts.join('; ')
}

function bounded(differences: readonly string[], count: number): string[] {
  const shown = differences.slice(0, DIFFERENCES_SHOWN).map((text) => oneLine(text, 512))
  const more = count - shown.length
  return more > 0 ? [...shown, `and ${more} more`] : shown
}
