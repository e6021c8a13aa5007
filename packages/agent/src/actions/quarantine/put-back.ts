import { basename } from 'node:path'
import { ChaosError, type Compared } from '@chaos-lite/shared'
import { type Replacement, readReplacement, replacementFolder, wipeNoted } from '../../exercises/replacement.ts'
import type { Files } from '../../host/host.ts'
import { compareMetadata, folderKept, judgeFolder, settleFolder } from '../../host/swap/index.ts'
import type { ActionContext } from '../action.ts'
import { type QuarantineUndo, whatLies } from './undo.ts'

const NOTE = 'quarantine'

/**
 * Brings the folder back to its name, from every state that a crash can leave. What took its place goes: removed when
 * it is the copy that our own exercise restored, moved aside when anybody else made it.
 */
export async function bringBack(
  context: ActionContext,
  undo: QuarantineUndo,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const { host, recordFolder, recordId } = context
  const { files } = host
  // A note that cannot be read makes what lies there somebody else's: kept, never removed.
  const replacement = await readReplacement(recordFolder).catch(() => null)
  const replaced = `${undo.movedTo}-replaced`
  const restoring = replacementFolder(undo.folder, recordId)
  const own = [undo.folder, undo.movedTo, replaced, restoring, ...placesKept(undo)]
  const witnesses = await Promise.all(own.map((path) => files.stamp(path)))
  const wiped = await wipeNoted(recordFolder)
  const isAside = (await whatLies(files, undo.movedTo, undo)) === 'original'
  const changed = { files, folder: undo.parent, beforeNs: undo.parentMtimeNs, exact: isAside }
  const ours = await judgeFolder(
    { ...changed, witnesses: [...witnesses, wiped] },
    { recordFolder, name: NOTE, fades: replacement !== null || wiped !== null },
  )
  const kept: string[] = []
  if ((await whatLies(files, undo.folder, undo)) !== 'original') {
    if ((await whatLies(files, undo.movedTo, undo)) !== 'original') throw await lost(files, undo)
    await takePlace(context, undo, replacement, replaced)
  }
  // Only now: the original is back before time is spent on removing a large copy.
  if (await isOurs(context, replaced, replacement)) await files.remove(replaced)
  await files.remove(restoring)
  for (const place of placesKept(undo)) {
    if (await files.exists(place)) kept.push(`What somebody else had put at ${undo.folder} was kept as ${place}.`)
  }
  const parent = await settleFolder(files, undo.parent, undo.parentMtimeNs, ours && kept.length === 0)
  if (!parent.same && kept.length === 0) kept.push(folderKept(undo.parent))
  const now = await files.metadata(undo.folder)
  const compared = [...compareMetadata(undo.folder, undo.before, now), same(undo, now.inode), parent]
  if (compared.some((each) => !each.same && each !== parent))
    kept.push(`Mode, owner, rights or times of ${undo.folder} were changed by somebody else meanwhile: kept.`)
  return { compared, kept }
}

/** A program that makes the folder anew as soon as it is gone gets this many chances. */
const mostKept = 8

/** Where things are kept that others made in the folder's place: a crash and a second one may leave several. */
function placesKept({ keptAs }: QuarantineUndo): readonly string[] {
  return [keptAs, ...Array.from({ length: mostKept - 1 }, (_, index) => `${keptAs}-${index + 2}`)]
}

/** The original gets its name back, as often as somebody else takes the name in between. */
async function takePlace(
  context: ActionContext,
  undo: QuarantineUndo,
  replacement: Replacement | null,
  replaced: string,
): Promise<void> {
  const { files } = context.host
  for (;;) {
    await clearPlace(context, undo, replacement, replaced)
    try {
      return await files.move(undo.movedTo, undo.folder)
    } catch (thrown) {
      if (!(thrown instanceof ChaosError) || thrown.code !== 'already-exists') throw thrown
    }
  }
}

/** Makes the name free. What was kept is told afterwards, from what lies there: a crash in between forgets nothing. */
async function clearPlace(
  context: ActionContext,
  undo: QuarantineUndo,
  replacement: Replacement | null,
  replaced: string,
): Promise<void> {
  const { files } = context.host
  if (!(await files.exists(undo.folder))) return
  if (await isOurs(context, undo.folder, replacement)) return files.move(undo.folder, replaced)
  for (const place of placesKept(undo)) {
    if (!(await files.exists(place))) return files.move(undo.folder, place)
  }
  throw new ChaosError(
    'cannot-restore',
    `Another program makes ${undo.folder} again and again: stop it, then put ${undo.movedTo} back.`,
  )
}

/** Removed only when it surely is ours: one whose birth is another is kept, and without one, one on another device. */
async function isOurs({ host }: ActionContext, path: string, replacement: Replacement | null): Promise<boolean> {
  const stamp = await host.files.stamp(path)
  if (stamp === null || replacement === null) return false
  const { dev, inode, birthNs } = replacement
  if (stamp.inode !== inode) return false
  // A restart may have given the device another number.
  if (birthNs !== undefined && birthNs !== '0') return stamp.birthNs === birthNs
  return stamp.dev === dev && stamp.birthNs === (birthNs ?? stamp.birthNs)
}

function same({ folder, before }: QuarantineUndo, inode: string): Compared {
  return {
    item: `${folder} is the very same folder (inode)`,
    before: before.inode,
    now: inode,
    same: inode === before.inode,
  }
}

async function lost(files: Files, { folder, movedTo, parent, before }: QuarantineUndo): Promise<ChaosError> {
  if (await files.exists(movedTo)) {
    const text = `What lies at ${movedTo} is not the very same folder that was moved there: this host was restored from a copy?`
    return new ChaosError('cannot-restore', `${text} Look whether all is in it, then move it back by hand.`)
  }
  // Asked last: a restart may have given the same disk another number.
  const stamp = await files.stamp(parent)
  if (stamp?.dev !== before.dev) {
    const text = `The file system that holds ${folder} is not mounted at ${parent} now: mount it, then put it back.`
    return new ChaosError('cannot-restore', text)
  }
  const where = `${basename(folder)} is neither at ${folder} nor at ${movedTo}`
  return new ChaosError(
    'cannot-restore',
    `The original folder ${where}: somebody moved or removed it. Look for it by hand.`,
  )
}
