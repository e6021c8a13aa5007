import { basename } from 'node:path'
import { ChaosError, type Compared } from '@chaos-lite/shared'
import type { Files } from '../../host/index.ts'
import { compareMetadata, folderKept, item, judgeFolder, settleFolder } from '../../host/index.ts'
import { type Replacement, readReplacement, replacementFolder, wipeNoted } from '../../replacement/index.ts'
import type { ActionContext } from '../action.ts'
import { type QuarantineUndo, whatLies } from './quarantine-undo.ts'
import { isOurs, type JudgeAgain, placesKept, removingPath, replacedPath, settleCopy } from './settle-copy.ts'

const NOTE = 'quarantine'

/**
 * Brings the folder back to its name, from every state that a crash can leave. What took its place is moved aside first.
 * Only then is it looked at: a copy that our own exercise restored is removed where it is exactly as it was restored, and
 * everything else is kept.
 */
export async function bringBack(
  context: ActionContext,
  undo: QuarantineUndo,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const { host, recordFolder, recordId } = context
  const { files } = host
  // A note that cannot be read makes what lies there somebody else's: kept, never removed.
  const replacement = await readReplacement(recordFolder).catch(() => null)
  const restoring = replacementFolder(undo.folder, recordId)
  const own = [undo.folder, undo.movedTo, replacedPath(undo), removingPath(undo), restoring, ...placesKept(undo)]
  const witnesses = await Promise.all(own.map((path) => files.stamp(path)))
  const wiped = await wipeNoted(recordFolder)
  const isAside = (await whatLies(files, undo.movedTo, undo)) === 'original'
  const isBack = (await whatLies(files, undo.folder, undo)) === 'original'
  // Before anything is judged: where its file system is not mounted, another folder would be, and that be remembered.
  if (!isAside && !isBack) throw await lost(files, undo)
  const changed = { files, folder: undo.parent, beforeNs: undo.parentMtimeNs }
  let ours = await judgeFolder(
    { ...changed, witnesses: [...witnesses, wiped], exact: isAside },
    { recordFolder, name: NOTE, fades: replacement !== null || wiped !== null },
  )
  // To compare a copy takes its time: whose change of the parent is the last is asked again before each of ours.
  const judgeAgain = async (steps: Parameters<JudgeAgain>[0]) => {
    ours &&= await judgeFolder({ ...changed, witnesses: steps, exact: true }, { recordFolder, name: NOTE, fades: true })
  }
  if (!isBack) await takePlace(context, undo, replacement)
  // Only now: the original is back before time is spent on a large copy.
  const keptPlaces = await settleCopy(context, undo, replacement, judgeAgain)
  await files.remove(restoring)
  const kept = keptPlaces.map(({ sentence }) => sentence)
  const parent = await settleFolder(changed, ours && kept.length === 0, { recordFolder, name: NOTE })
  if (!parent.same && kept.length === 0) kept.push(folderKept(undo.parent))
  const now = await files.metadata(undo.folder)
  const beside = keptPlaces.map(({ place }) => item(place, 'not there', 'there: kept'))
  const compared = [...compareMetadata(undo.folder, undo.before, now), same(undo, now.inode), parent, ...beside]
  if (compared.some((each) => !each.same && each !== parent && !beside.includes(each)))
    kept.push(`Mode, owner, rights or times of ${undo.folder} were changed by somebody else meanwhile: kept.`)
  return { compared, kept }
}

/** The original gets its name back, as often as somebody else takes the name in between. */
async function takePlace(context: ActionContext, undo: QuarantineUndo, replacement: Replacement | null): Promise<void> {
  const { files } = context.host
  for (;;) {
    await clearPlace(context, undo, replacement)
    try {
      return await files.move(undo.movedTo, undo.folder)
    } catch (thrown) {
      if (!(thrown instanceof ChaosError) || thrown.code !== 'already-exists') throw thrown
    }
  }
}

/** Makes the name free. What was kept is reported afterwards, from what lies there: a crash in between forgets nothing. */
async function clearPlace(
  context: ActionContext,
  undo: QuarantineUndo,
  replacement: Replacement | null,
): Promise<void> {
  const { files } = context.host
  if (!(await files.exists(undo.folder))) return
  const replaced = replacedPath(undo)
  const isCopy = replacement !== null && (await isOurs(context, undo.folder, replacement))
  if (isCopy && !(await files.exists(replaced))) return files.move(undo.folder, replaced)
  for (const place of placesKept(undo)) {
    if (!(await files.exists(place))) return files.move(undo.folder, place)
  }
  throw new ChaosError(
    'cannot-restore',
    `Another program makes ${undo.folder} again and again: stop it, then put ${undo.movedTo} back.`,
  )
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
    const text = `The file system that holds ${folder} is not mounted at ${parent} now: mount it, then roll it back.`
    return new ChaosError('cannot-restore', text)
  }
  const where = `${basename(folder)} is neither at ${folder} nor at ${movedTo}`
  return new ChaosError(
    'cannot-restore',
    `The original folder ${where}: somebody moved or removed it. Look for it by hand.`,
  )
}
