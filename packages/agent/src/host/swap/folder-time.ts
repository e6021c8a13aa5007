import type { Compared } from '@chaos-lite/shared'
import type { Files, Stamp } from '../host.ts'
import { type FolderNote, folderNote, noteFolder } from './folder-note.ts'

/** A rename stamps the folder and the file with the same instant; kernels round it to a tick of at most 10 ms. */
const tickNs = 20_000_000n

/** Our last step and the change of the folder may lie this far apart: a sync happens in between, on a machine with much to do. */
const ownStepsNs = 5_000_000_000n

/** A folder whose time is to be given back, and what shows whose change of it was the last. */
export interface ChangedFolder {
  readonly files: Files
  readonly folder: string
  readonly beforeNs: string
  /** Files of ours in it, or null where one is gone. */
  readonly witnesses: readonly (Pick<Stamp, 'ctimeNs' | 'birthNs'> | null)[]
  /** Our last step in it was a rename, so that any later change is somebody else's. */
  readonly exact?: boolean
}

/** Where a judgement is kept that is to outlast what it was made from. */
export interface Keeping {
  readonly recordFolder: string
  readonly name: string
  /** What we do next takes away what shows it: a file of ours, or a lock. */
  readonly fades: boolean
}

/**
 * Was the last change of this folder one of ours? Our renames leave the same instant on the folder and on the file they
 * move, so the files themselves are the memory: in the usual case nothing is to be written down, and no crash can lose it.
 * Must be asked before anything is rolled back.
 */
export async function folderIsOurs(changed: ChangedFolder, note: FolderNote | null = null): Promise<boolean> {
  const now = (await changed.files.stamp(changed.folder))?.mtimeNs
  if (now === undefined) return false
  if (now === changed.beforeNs) return true
  return note?.ours !== false && isOurChange(BigInt(now), changed, note)
}

function isOurChange(changedNs: bigint, { witnesses, exact = false }: ChangedFolder, note: FolderNote | null): boolean {
  const own = witnesses.flatMap((stamp) => (stamp ? [BigInt(stamp.ctimeNs), BigInt(stamp.birthNs)] : []))
  if (note === null && exact && own.every((step) => changedNs > step + tickNs)) return false
  if (note !== null && changedNs === BigInt(note.atNs)) return true
  const steps = note === null ? own : [...own, BigInt(note.ctimeNs)]
  return steps.some((step) => changedNs >= step - tickNs && changedNs <= step + ownStepsNs)
}

/**
 * `folderIsOurs`, remembered where an attempt after this one could not find out any more: because what shows it is about to go,
 * or because the change was somebody else's and ours comes after it.
 */
export async function judgeFolder(changed: ChangedFolder, { recordFolder, name, fades }: Keeping): Promise<boolean> {
  const ours = await folderIsOurs(changed, await folderNote(recordFolder, name))
  const atNs = (await changed.files.stamp(changed.folder))?.mtimeNs
  if ((fades || !ours) && atNs !== undefined) await noteFolder(recordFolder, name, { ours, atNs })
  return ours
}

/**
 * Gives the folder its time back where the last change was ours, and says what it has now. Where that fails, the time that
 * our own steps have left is kept beside the record: however long those took, the next attempt knows it again.
 */
export async function settleFolder(
  { files, folder, beforeNs }: Pick<ChangedFolder, 'files' | 'folder' | 'beforeNs'>,
  ours: boolean,
  { recordFolder, name }: Pick<Keeping, 'recordFolder' | 'name'>,
): Promise<Compared> {
  const left = (await files.stamp(folder))?.mtimeNs
  if (ours && left !== beforeNs) {
    try {
      await files.setMtime(folder, beforeNs)
    } catch (error) {
      const atNs = (await files.stamp(folder).catch(() => null))?.mtimeNs
      if (left !== undefined && atNs === left) await noteFolder(recordFolder, name, { ours, atNs })
      throw error
    }
  }
  const now = (await files.stamp(folder))?.mtimeNs ?? 'missing'
  return { item: `${folder} modification time (ns)`, before: beforeNs, now, same: now === beforeNs }
}

/** For people, where the folder's time could not be given back. */
export function folderKept(folder: string): string {
  return `Somebody else changed what lies in ${folder} meanwhile: its modification time was left as they made it.`
}
