import type { Compared } from '@chaos-lite/shared'
import type { Files, Stamp } from '../host.ts'

/** A rename stamps the folder and the file with the same instant; kernels round it to a tick of at most 10 ms. */
const tickNs = 20_000_000n

/** Our last step and the change of the folder may lie this far apart, because a sync happens in between. */
const ownStepsNs = 1_000_000_000n

/**
 * Was the last change of this folder one of ours? Our renames leave the same instant on the folder and on the file they
 * move, so the files themselves are the memory: nothing is to be written down, and no crash can lose it. `exact`: our
 * last step in it was such a rename, so that any later change is somebody else's.
 */
export async function folderIsOurs(
  files: Files,
  folder: string,
  beforeNs: string,
  witnesses: readonly (Pick<Stamp, 'ctimeNs' | 'birthNs'> | null)[],
  exact = false,
): Promise<boolean> {
  const now = (await files.stamp(folder))?.mtimeNs
  if (now === undefined) return false
  if (now === beforeNs) return true
  const changed = BigInt(now)
  const own = witnesses.flatMap((stamp) => (stamp ? [BigInt(stamp.ctimeNs), BigInt(stamp.birthNs)] : []))
  if (exact && own.every((step) => changed > step + tickNs)) return false
  return own.some((step) => changed >= step - tickNs && changed <= step + ownStepsNs)
}

/** Gives the folder its time back where the last change was ours, and says what it has now. */
export async function settleFolder(files: Files, folder: string, beforeNs: string, ours: boolean): Promise<Compared> {
  if (ours && (await files.stamp(folder))?.mtimeNs !== beforeNs) await files.setMtime(folder, beforeNs)
  const now = (await files.stamp(folder))?.mtimeNs ?? 'missing'
  return { item: `${folder} modification time (ns)`, before: beforeNs, now, same: now === beforeNs }
}

/** For people, where the folder's time could not be given back. */
export function folderKept(folder: string): string {
  return `Somebody else changed what lies in ${folder} meanwhile: its modification time was left as they made it.`
}
