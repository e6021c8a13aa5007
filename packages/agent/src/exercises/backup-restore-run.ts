import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { RepositoryDefinition } from '../policy/definitions.ts'
import { oneLine } from '../probes/text.ts'
import type { RestoreParams } from './backup-restore.ts'
import { lookForCanary } from './canary.ts'
import { compareTrees } from './compare.ts'
import {
  ageOf,
  type BackupDriver,
  backupDrivers,
  type DataComparison,
  type DriverContext,
  driverOf,
  insideOf,
  repositoryNamed,
  type Snapshot,
} from './drivers/index.ts'
import type { ExerciseContext, ExerciseResult } from './exercise.ts'
import { createPhases } from './phases.ts'
import { placeTarget, type RestoreTarget, scratchPath, scratchTarget } from './target.ts'

/** This much of a file system stays free whatever is restored. */
const RESERVE_BYTES = 256 * 1024 * 1024
const DIFFERENCES_SHOWN = 49
const WIPE_MS = 300_000

/** The exercise itself: open, check, list, restore, place, compare, wipe. Throws when the backup fails it. */
export async function runRestore(context: ExerciseContext, params: RestoreParams): Promise<ExerciseResult> {
  const { host, local, signal, scratchFolder } = context
  const timed = createPhases(host.clock, context.phase)
  const repository = await repositoryNamed(local, params.repository)
  const inside = insideOf(repository, params.folder ?? null)
  const driver = driverOf(repository)
  const cacheFolder = join(scratchFolder, 'cache')
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 })
  const source: DriverContext = { host, repository, signal, cacheFolder }
  let target: RestoreTarget | null = null
  try {
    // What a killed agent left running.
    for (const each of backupDrivers) await each.wipe?.(source, scratchPath(scratchFolder))
    const snapshot = await timed('open', () => newestOf(driver, source, params.repository))
    if (params.check === true && driver.check !== undefined) await timed('check', async () => driver.check?.(source))
    target =
      params.into === 'place'
        ? await placeTarget(context, driver, inside, params.folder ?? '')
        : await scratchTarget(context, driver, inside)
    const to = target
    const maxBytes = Math.max(0, (await host.files.freeBytes(to.path)) - RESERVE_BYTES)
    await timed('list', () => driver.list(source, { snapshot, inside }, maxBytes))
    await timed('restore', () => driver.restore(source, { snapshot, inside }, to.path))
    const { place } = to
    const restored = place === null ? to.contents : await timed('place', place)
    return await timed('compare', () =>
      judgeRestore({ context, source, params, repository, driver, snapshot, restored, to }),
    )
  } finally {
    await timed('wipe', async () => {
      if (target !== null) await driver.wipe?.({ ...source, signal: AbortSignal.timeout(WIPE_MS) }, target.path)
      await target?.wipe()
      await rm(cacheFolder, { recursive: true, force: true })
    })
  }
}

async function newestOf(driver: BackupDriver, source: DriverContext, name: string): Promise<Snapshot> {
  const [newest] = await driver.snapshots(source, 1)
  if (newest === undefined) throw new ChaosError('backup-unusable', `The repository ${name} holds no backup at all`)
  return newest
}

interface Restored {
  readonly context: ExerciseContext
  readonly source: DriverContext
  readonly params: RestoreParams
  readonly repository: RepositoryDefinition
  readonly driver: BackupDriver
  readonly snapshot: Snapshot
  readonly restored: string
  readonly to: RestoreTarget
}

async function judgeRestore(work: Restored): Promise<ExerciseResult> {
  const { context, params, repository, driver, snapshot, to } = work
  const live = to.original ?? params.folder ?? repository.compareWith ?? null
  const there = live === null || (await context.host.files.exists(live))
  const comparison = await compareWith(work, there ? live : null)
  const { items, newestMs, canary } = comparison
  const nowMs = context.host.clock.wallMs()
  const { takenMs } = snapshot
  // No backup holds what is newer than itself, whatever time a file in it carries.
  const dataAgeMs = newestMs === null ? null : ageOf(Math.min(newestMs, takenMs), nowMs)
  const differences = [
    ...(ageOf(takenMs, nowMs) === null
      ? [`The backup says that it was taken at ${new Date(takenMs).toISOString()}, in the future: its age is not known`]
      : []),
    ...(there
      ? []
      : [
          `The live ${driver.compare === undefined ? 'folder' : 'database'} ${live} does not exist: nothing was compared`,
        ]),
    ...comparison.differences,
  ]
  return {
    ok: items > 0 && differences.length === 0 && canary !== 'missing',
    reason: oneLine(sentence(work, comparison, serverDatabase(repository) ?? live, differences.length), 1024),
    items,
    differences: bounded(differences),
    dataAgeMs,
    canary,
  }
}

/** A live database that a server holds, as people call it; null for what lies in a file or folder. */
export function serverDatabase({ database }: RepositoryDefinition): string | null {
  return database === undefined ? null : `the database ${database}`
}

/** By the rows of a database, or by the names and bytes of files. */
async function compareWith(work: Restored, live: string | null): Promise<DataComparison> {
  const { context, source, params, repository, driver, snapshot, restored } = work
  const { takenMs } = snapshot
  if (driver.compare !== undefined) return driver.compare(source, { restored, live, takenMs })
  const comparison = await compareTrees({
    restored,
    live,
    takenMs,
    sample: params.sample ?? null,
    owners: driver.keepsOwners(snapshot) && process.geteuid?.() === 0,
    signal: context.signal,
  })
  const canary = await lookForCanary(repository, params.folder ?? null, restored, context.signal)
  return { ...comparison, canary, how: `${comparison.byBytes} files byte by byte` }
}

/** What was compared with what, and what came of it: this goes into the record. */
function sentence(
  { snapshot, repository }: Restored,
  { items, how, changedSince, canary }: DataComparison,
  live: string | null,
  differences: number,
): string {
  const what = `Backup of ${new Date(snapshot.takenMs).toISOString()}: ${items} items came back`
  if (items === 0) return `${what}: it is empty`
  const compared = live === null ? 'there is no live folder to compare with' : `compared with ${live}, ${how}`
  const parts = [`${what}; ${compared}`, `${differences} differences`]
  if (changedSince > 0) parts.push(`${changedSince} changed since the backup and left out of the comparison`)
  if (canary === 'missing') parts.push(`the canary ${repository.canary?.file ?? ''} did not come back`)
  return parts.join('; ')
}

function bounded(differences: readonly string[]): string[] {
  const shown = differences.slice(0, DIFFERENCES_SHOWN).map((text) => oneLine(text, 512))
  const more = differences.length - shown.length
  return more > 0 ? [...shown, `and ${more} more`] : shown
}
