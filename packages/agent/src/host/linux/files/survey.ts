import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, opendir, readlink } from 'node:fs/promises'
import { ChaosError } from '@chaos-lite/shared'
import type { Surveyed, SurveyOptions } from '../../survey.ts'
import { kindOf } from './metadata.ts'

const SLASH = Buffer.from('/')
const CHUNK_BYTES = 1024 * 1024

/** As `Files.survey`. Through threads, not at once: a tree of other people may be large, and slow. */
export async function survey(
  folder: string,
  { digests, maxEntries, signal }: SurveyOptions,
  each: (entry: Surveyed) => void,
): Promise<void> {
  const root = Buffer.from(folder)
  const top = await look(root, Buffer.alloc(0), digests, signal)
  each(top)
  const waiting = top.kind === 'folder' ? [top.path] : []
  let count = 0
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    // `encoding: 'buffer'` gives names as bytes, which the types of Node.js do not know.
    const names = await opendir(at(root, path), { encoding: 'buffer' as BufferEncoding })
    for await (const { name } of names) {
      signal.throwIfAborted()
      count += 1
      if (count > maxEntries) throw new ChaosError('too-many', `${folder} holds more than ${maxEntries} entries`)
      const bytes = name as unknown as Buffer
      const entry = await look(root, path.length === 0 ? bytes : Buffer.concat([path, SLASH, bytes]), digests, signal)
      each(entry)
      if (entry.kind === 'folder') waiting.push(entry.path)
    }
  }
}

function at(root: Buffer, path: Buffer): Buffer {
  return path.length === 0 ? root : Buffer.concat([root, SLASH, path])
}

async function look(root: Buffer, path: Buffer, digests: boolean, signal: AbortSignal): Promise<Surveyed> {
  const place = at(root, path)
  const stat = await lstat(place, { bigint: true })
  const kind = kindOf(stat)
  return {
    ...{ path, kind, mode: Number(stat.mode & 0o7777n), uid: Number(stat.uid), gid: Number(stat.gid) },
    sizeBytes: kind === 'file' || kind === 'link' ? Number(stat.size) : 0,
    ...{ inode: String(stat.ino), ctimeNs: String(stat.ctimeNs) },
    target: kind === 'link' ? await readlink(place, { encoding: 'buffer' }) : null,
    sha256: kind === 'file' && digests ? await digest(place, signal) : null,
  }
}

/** Without waiting: somebody may have put a pipe in the place of the file a moment ago. */
async function digest(place: Buffer, signal: AbortSignal): Promise<string> {
  const handle = await open(place, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  try {
    if (!(await handle.stat()).isFile()) throw new ChaosError('wrong-state', `${place} is no file any more.`)
    return await digestOfHandle(handle, signal)
  } finally {
    await handle.close()
  }
}

async function digestOfHandle(handle: FileHandle, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const room = Buffer.allocUnsafe(CHUNK_BYTES)
  for (;;) {
    signal.throwIfAborted()
    const { bytesRead } = await handle.read(room, 0, room.length, null)
    if (bytesRead === 0) return hash.digest('hex')
    hash.update(room.subarray(0, bytesRead))
  }
}
