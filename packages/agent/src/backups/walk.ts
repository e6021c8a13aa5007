import { opendir } from 'node:fs/promises'
import { ChaosError } from '@chaos-lite/shared'
import { lstat } from '../small-files/index.ts'
import { placeOf } from './comparison/names.ts'

/** What an entry of a folder is. A symbolic link is not followed. */
export type Kind = 'file' | 'folder' | 'symbolic link' | 'pipe' | 'socket' | 'device'

/** One thing found below a folder. Symbolic links are not followed. */
export interface Found {
  /** Relative to the folder, one character for each byte; `.` for the folder itself. */
  readonly path: string
  readonly kind: Kind
  readonly sizeBytes: number
  /** The permission bits with set-uid, set-gid and sticky (`& 0o7777`). */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  /** When it was made on this file system; null where that is not kept. */
  readonly birthMs: number | null
}

/** Bounds of a walk. More than `maxEntries` entries end it with an error: a hostile backup must not fill the memory. */
export interface WalkOptions {
  readonly maxEntries: number
  readonly signal: AbortSignal
  /** What is passed over, with all below it. */
  readonly isLeftOut?: (found: Found) => boolean
  /** What the system does not let even root look at, as the mounts of some users; without it, that is thrown. */
  readonly onUnreadable?: (path: string) => void
}

/**
 * Everything at and below a folder, a folder before its contents. What vanishes while it is looked at is as good as never
 * seen. Throws `too-many` above `maxEntries`.
 */
export async function* walk(root: string, options: WalkOptions): AsyncGenerator<Found> {
  const { maxEntries, signal, isLeftOut, onUnreadable } = options
  const failed = (path: string, thrown: unknown): null => {
    if (signal.aborted || onUnreadable === undefined || !isOfSystem(thrown)) throw thrown
    onUnreadable(path)
    return null
  }
  const waiting = ['.']
  let count = 0
  yield await look(root, '.')
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for await (const name of namesIn(root, folder, failed)) {
      signal.throwIfAborted()
      count += 1
      if (count > maxEntries) throw new ChaosError('too-many', `${root} holds more than ${maxEntries} files`)
      const path = folder === '.' ? name : `${folder}/${name}`
      const found = await lookAgain(root, path).catch((thrown: unknown) => failed(path, thrown))
      if (found === null || isLeftOut?.(found)) continue
      yield found
      if (found.kind === 'folder') waiting.push(found.path)
    }
  }
}

async function* namesIn(
  root: string,
  folder: string,
  failed: (path: string, thrown: unknown) => void,
): AsyncGenerator<string> {
  try {
    // `encoding: 'buffer'` gives names as bytes, which the types of Node.js do not know.
    const names = await opendir(placeOf(root, folder), { encoding: 'buffer' as BufferEncoding, bufferSize: 256 })
    for await (const { name } of names) yield (name as unknown as Buffer).toString('latin1')
  } catch (thrown) {
    if (folder === '.') throw thrown
    if (!isGone(thrown)) failed(folder, thrown)
  }
}

/** How an entry is now; null when it is gone. */
export async function lookAgain(root: string, path: string): Promise<Found | null> {
  try {
    return await look(root, path)
  } catch (thrown) {
    if (isGone(thrown)) return null
    throw thrown
  }
}

/** Removed, or its folder was replaced by something else. */
export function isGone(thrown: unknown): boolean {
  return isOfSystem(thrown) && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
}

function isOfSystem(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'syscall' in thrown
}

async function look(root: string, path: string): Promise<Found> {
  const seen = await lstat(placeOf(root, path))
  const { mode, uid, gid, mtimeMs, ctimeMs, birthtimeMs } = seen
  const birthMs = birthtimeMs > 0 ? birthtimeMs : null
  return { path, kind: kindOf(seen), sizeBytes: seen.size, mode: mode & 0o7777, uid, gid, mtimeMs, ctimeMs, birthMs }
}

function kindOf(seen: Awaited<ReturnType<typeof lstat>>): Kind {
  if (seen.isFile()) return 'file'
  if (seen.isDirectory()) return 'folder'
  if (seen.isSymbolicLink()) return 'symbolic link'
  return seen.isFIFO() ? 'pipe' : seen.isSocket() ? 'socket' : 'device'
}

/** Carries no data of its own: backups leave it out, or keep its name only. */
export function isSpecial({ kind }: Pick<Found, 'kind'>): boolean {
  return kind === 'pipe' || kind === 'socket' || kind === 'device'
}
