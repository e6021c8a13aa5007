import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { Files, Stamp } from '../../host/index.ts'
import type { Replacement } from '../../replacement/index.ts'
import type { ActionContext } from '../action.ts'
import { reasonToKeep } from './judge-copy.ts'
import { keptBecause, noteKept } from './kept-note.ts'
import type { QuarantineUndo } from './quarantine-undo.ts'

/** A program that makes the folder anew as soon as it is gone gets this many chances. */
const mostKept = 8

/** Where things are kept that others made in the folder's place: a crash and a second one may leave several. */
export function placesKept({ keptAs }: QuarantineUndo): readonly string[] {
  return [keptAs, ...Array.from({ length: mostKept - 1 }, (_, index) => `${keptAs}-${index + 2}`)]
}

/** Where the restored copy stands after it was moved out of the original's way, until it was compared. */
export function replacedPath({ movedTo }: QuarantineUndo): string {
  return `${movedTo}-replaced`
}

/**
 * A copy of this name was compared and found to be nobody's work. The name outlasts our death in the middle of the
 * removal: half of a copy would otherwise look like one that somebody worked in.
 */
export function removingPath({ movedTo }: QuarantineUndo): string {
  return `${movedTo}-removing`
}

/** Asks, and notes, whether the last change of the parent was one of these steps of ours. */
export type JudgeAgain = (steps: readonly (Stamp | null)[]) => Promise<void>

/** Something that stays beside the original. */
export interface Kept {
  readonly place: string
  readonly sentence: string
}

/**
 * Removes the restored copy that stands aside where it is exactly what was restored and nobody uses it; keeps it as a
 * whole otherwise. Answers with all that is kept beside the original now, whichever attempt put it there.
 */
export async function settleCopy(
  context: ActionContext,
  undo: QuarantineUndo,
  replacement: Replacement | null,
  judgeAgain: JudgeAgain,
): Promise<readonly Kept[]> {
  const { files } = context.host
  const [replaced, removing] = [replacedPath(undo), removingPath(undo)]
  await removeAside(files, removing, judgeAgain)
  if (await files.exists(replaced)) {
    const why = await whyKept(context, replaced, replacement)
    if (why === null) {
      await judgeAgain([await files.stamp(replaced), await files.stamp(undo.folder)])
      await files.move(replaced, removing)
      await removeAside(files, removing, judgeAgain)
    } else {
      const place = await freePlace(files, undo)
      await noteKept(context.recordFolder, place, why)
      await files.move(replaced, place)
    }
  }
  return keptNow(context, undo)
}

/** What is in it goes first: a large copy takes its time, and only the last step changes the parent. */
async function removeAside(files: Files, removing: string, judgeAgain: JudgeAgain): Promise<void> {
  const stamp = await files.stamp(removing)
  if (stamp === null) return
  if ((await files.metadata(removing)).kind === 'folder') {
    for (const name of await files.list(removing)) await files.remove(join(removing, name))
  }
  await judgeAgain([stamp])
  await files.remove(removing)
}

async function whyKept(
  context: ActionContext,
  replaced: string,
  replacement: Replacement | null,
): Promise<string | null> {
  if (replacement === null) return 'the note about what was restored cannot be read'
  if (!(await isOurs(context, replaced, replacement))) return 'it is not the folder that was restored'
  return reasonToKeep(context, replaced, replacement)
}

/** One whose birth is another is not ours, and without a birth, one on another device. */
export async function isOurs({ host }: ActionContext, path: string, replacement: Replacement): Promise<boolean> {
  const stamp = await host.files.stamp(path)
  if (stamp === null) return false
  const { dev, inode, birthNs } = replacement
  if (stamp.inode !== inode) return false
  // A restart may have given the device another number.
  if (birthNs !== undefined && birthNs !== '0') return stamp.birthNs === birthNs
  return stamp.dev === dev && stamp.birthNs === (birthNs ?? stamp.birthNs)
}

async function freePlace(files: Files, undo: QuarantineUndo): Promise<string> {
  for (const place of placesKept(undo)) if (!(await files.exists(place))) return place
  throw new ChaosError(
    'cannot-restore',
    `All names under which a copy of ${undo.folder} is kept are taken, up to ${placesKept(undo).at(-1)}: rename one.`,
  )
}

async function keptNow({ host, recordFolder }: ActionContext, undo: QuarantineUndo): Promise<readonly Kept[]> {
  const kept: Kept[] = []
  for (const place of placesKept(undo)) {
    if (!(await host.files.exists(place))) continue
    const why = await keptBecause(recordFolder, place)
    const sentence =
      why === null
        ? `What somebody else had put at ${undo.folder} was kept as ${place}.`
        : `The copy that was restored at ${undo.folder} was kept as ${place}: ${why}.`
    kept.push({ place, sentence })
  }
  return kept
}
