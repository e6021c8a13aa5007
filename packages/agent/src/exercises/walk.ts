import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'

/** One thing found below a folder; `path` is relative to it, `.` for the folder itself. Links are not followed. */
export interface Found {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly sizeBytes: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeMs: number
  readonly ctimeMs: number
}

/** Everything at and below a folder, a folder before its contents. Throws `too-many` above `maxEntries`. */
export async function* walk(root: string, maxEntries: number, signal: AbortSignal): AsyncGenerator<Found> {
  const waiting = ['.']
  let count = 0
  yield await look(root, '.')
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for await (const { name } of await opendir(join(root, folder))) {
      signal.throwIfAborted()
      count += 1
      if (count > maxEntries) throw new ChaosError('too-many', `${root} holds more than ${maxEntries} files`)
      const found = await look(root, folder === '.' ? name : `${folder}/${name}`)
      yield found
      if (found.kind === 'folder') waiting.push(found.path)
    }
  }
}

async function look(root: string, path: string): Promise<Found> {
  const seen = await lstat(join(root, path))
  const { mode, uid, gid, mtimeMs, ctimeMs } = seen
  const kind = seen.isFile() ? 'file' : seen.isDirectory() ? 'folder' : seen.isSymbolicLink() ? 'link' : 'other'
  return { path, kind, sizeBytes: seen.size, mode: mode & 0o7777, uid, gid, mtimeMs, ctimeMs }
}
