import type { Found } from '../walk.ts'
import { folderOf } from './names.ts'

/*
 * What happened after the backup was taken is no fault of it. An excuse is never wider than its reason: each one rests on
 * the one time that only this kind of change moves, and where two causes cannot be distinguished, the backup is blamed and
 * the sentence says what is known.
 *
 * - mtime: the bytes of a file, or the names in a folder, were changed.
 * - birth: the thing itself was made; a new name for an old thing leaves it as it is.
 * - ctime: anything, also a mode or an owner. It excuses a mode or an owner, and nothing else.
 */

/** Was it made after the backup? Where birth is not kept, bytes that are newer and a name that is new must do. */
export function isBornSince(live: Found, folder: Found | undefined, takenMs: number): boolean {
  // Names come into a folder only by changing it, whatever time it is given afterwards.
  if (folder !== undefined && Math.max(folder.mtimeMs, folder.ctimeMs) <= takenMs) return false
  return (live.birthMs ?? live.mtimeMs) > takenMs
}

/** Were its bytes changed after the backup? A backup that has the very same time of change holds that very version. */
export function isRewrittenSince(restored: Found, live: Found, takenMs: number): boolean {
  if (restored.sizeBytes === live.sizeBytes && isSameTime(restored, live)) return false
  if (live.mtimeMs > takenMs) return true
  // An older version that was put in its place is another file.
  return live.birthMs !== null && live.birthMs > takenMs && !isSameCoarseTime(restored, live)
}

/** Modes, owners and access lists leave no trace but this one. */
export function isTouchedSince(live: Found, takenMs: number): boolean {
  return live.ctimeMs > takenMs
}

/** Was the name removed after the backup? Then the nearest folder that is still there was changed. */
export function isRemovedSince(path: string, live: ReadonlyMap<string, Found>, takenMs: number): boolean {
  let above = folderOf(path)
  while (!live.has(above) && above !== '.') above = folderOf(above)
  const judged = live.get(above)
  if (judged === undefined) return false
  return judged.kind === 'folder' ? judged.mtimeMs > takenMs : isBornSince(judged, live.get(folderOf(above)), takenMs)
}

/** Of the same version, as exactly as the disk keeps it. */
function isSameTime(one: Found, other: Found): boolean {
  return Math.abs(one.mtimeMs - other.mtimeMs) < 0.01
}

/** The same, as exactly as the backup keeps it: tar may keep whole seconds, zip every other one. */
export function isSameCoarseTime(restored: Found, live: Found): boolean {
  if (isSameTime(restored, live)) return true
  if (restored.mtimeMs % 1000 !== 0) return false
  return Math.abs(restored.mtimeMs - live.mtimeMs) < (restored.mtimeMs % 2000 === 0 ? 2000 : 1000)
}
