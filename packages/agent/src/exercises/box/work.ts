import { lstat, realpath } from 'node:fs/promises'
import { join, posix, relative } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { CompareOptions, ComparisonAnswer, WorkHost } from '../../backups/index.ts'
import { answerOf, type BackupDriver, compareTrees, type DriverContext, driverOf } from '../../backups/index.ts'
import type { RepositoryDefinition } from '../../definitions/index.ts'
import { oneLine } from '../../text/index.ts'
import { lookForCanary } from '../canary.ts'
import type { Done, Work } from '../child/messages.ts'
import { createPhases } from '../phases.ts'

/** Called as a phase of the work ends, with the time it took in ms. */
export type Phase = (name: string, tookMs: number) => void

/**
 * Does one piece of work that touches a backup, what came out of it, or the live files beside it. Runs in a process that
 * can be killed, inside a box that nothing gets out of; see `boxes.ts`.
 */
export async function doWork(work: Work, host: WorkHost, phase: Phase, signal: AbortSignal): Promise<Done> {
  const { repository, cacheFolder } = work
  const context: DriverContext = { host, repository, inside: work.inside, signal, cacheFolder }
  const driver = driverOf(repository)
  switch (work.kind) {
    case 'newest': {
      const [snapshot] = await driver.snapshots(context, 1)
      if (snapshot !== undefined) await driver.ready?.(context, snapshot)
      return { kind: 'newest', snapshot: snapshot ?? null }
    }
    case 'restore':
      return restore(work, driver, context, phase)
    case 'compare':
      return { kind: 'compare', comparison: await compare(work, driver, context) }
  }
}

async function restore(
  { name, inside, target, check, maxBytes }: Extract<Work, { kind: 'restore' }>,
  driver: BackupDriver,
  given: DriverContext,
  phase: Phase,
): Promise<Done> {
  const notes: string[] = []
  const context = { ...given, note: (what: string) => void notes.push(oneLine(what, 512)) }
  const timed = createPhases(context.host.clock, phase)
  const snapshot = await timed('open', async () => {
    const [newest] = await driver.snapshots(context, 1)
    if (newest === undefined) throw new ChaosError('backup-unusable', `The repository ${name} holds no backup at all`)
    await driver.ready?.(context, newest)
    return newest
  })
  if (check && driver.check !== undefined) await timed('check', async () => driver.check?.(context))
  const listed = await timed('list', () => driver.list(context, { snapshot, inside }, maxBytes))
  if (listed.notMade) context.note(`${listed.notMade} devices or pipes in it were not made`)
  try {
    await timed('restore', async () => {
      await driver.restore(context, { snapshot, inside }, target, listed)
      if (driver.compare === undefined && driver.look === undefined)
        await refuseSymlink(target, driver.contentsAt(target, inside))
    })
    const seen = driver.look === undefined ? null : await timed('read', async () => driver.look?.(context, target))
    return { kind: 'restore', snapshot, seen: seen ?? null, notes }
  } finally {
    await driver.end?.(context, target)
  }
}

/**
 * What is restored must lie there, and not behind a link that the backup brought: whoever followed it would find the live
 * folder, and that is the same as itself. @throws ChaosError `backup-unusable`
 */
async function refuseSymlink(target: string, contents: string): Promise<void> {
  const [real, top] = await Promise.all([realpath(contents), realpath(target)])
  const path = relative(target, contents)
  if (real === join(top, path) && (await lstat(real)).isDirectory()) return
  const text = `The backup holds a link in the place of ${path === '' ? 'the folder' : `/${path}`}, and not what the link leads to`
  throw new ChaosError('backup-unusable', `${text}: back up the folder that it leads to`)
}

async function compare(
  work: Extract<Work, { kind: 'compare' }>,
  driver: BackupDriver,
  context: DriverContext,
): Promise<ComparisonAnswer> {
  const { host, signal } = context
  const { restored, snapshot, folder, repository } = work
  const there = work.live !== null && (await host.files.exists(work.live))
  const live = there ? work.live : null
  const { takenMs } = snapshot
  if (driver.compare !== undefined) return answerOf(await driver.compare(context, { restored, live, takenMs }), there)
  const comparison = await compareTrees({
    ...{ host, restored, live, takenMs, sample: work.sample, signal },
    owners: (await driver.keepsOwners(snapshot)) && process.geteuid?.() === 0,
    access: driver.keepsAccess === true,
    excludes: excludesOf(repository, folder),
  })
  const canary = await lookForCanary(repository, folder, restored, signal)
  return answerOf({ ...comparison, canary, how: `${comparison.byBytes} files byte by byte` }, there)
}

/** The owner's patterns begin at the folder that is backed up, whichever folder of it is compared. */
function excludesOf(
  { excludes = [], excludeCaches = false, compareWith }: RepositoryDefinition,
  folder: string | null,
): NonNullable<CompareOptions['excludes']> {
  const below = folder === null || compareWith === undefined ? '.' : posix.relative(compareWith, folder) || '.'
  return { patterns: excludes, caches: excludeCaches, below }
}
