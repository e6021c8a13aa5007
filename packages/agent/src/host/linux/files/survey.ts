import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { opendir, open as openInThread } from 'node:fs/promises'
import { ChaosError } from '@chaos-lite/shared'
import { lstat, type OpenFile, open, readlink } from '../../../small-files/index.ts'
import type { Surveyed, SurveyOptions } from '../../survey.ts'
import { kindOf } from './metadata.ts'

const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW
const SLASH = Buffer.from('/')
const CHUNK_BYTES = 1024 * 1024
/** Larger files are read in threads. */
const SMALL_BYTES = 128 * 1024

/** As `Files.survey`. Most trees are many small files: those are read at once, where that is sure to be quick. */
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
    const names = await opendir(at(root, path), { encoding: 'buffer' as BufferEncoding, bufferSize: 256 })
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
    sha256: kind === 'file' && digests ? await digest(place, stat.size <= SMALL_BYTES, signal) : null,
  }
}

/** Without waiting: somebody may have put a pipe in the place of the file a moment ago. */
async function digest(place: Buffer, isSmall: boolean, signal: AbortSignal): Promise<string> {
  const handle = await (isSmall ? open : openInThread)(place, READ)
  try {
    if (!(await handle.stat()).isFile()) throw new ChaosError('wrong-state', `${place} is no file any more.`)
    return await digestOfHandle(handle, Buffer.allocUnsafe(isSmall ? SMALL_BYTES : CHUNK_BYTES), signal)
  } finally {
    await handle.close()
  }
}

async function digestOfHandle(handle: Pick<OpenFile, 'read'>, room: Buffer, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; ; ) {
    signal.throwIfAborted()
    const { bytesRead } = await handle.read(room, 0, room.length, at)
    if (bytesRead === 0) return hash.digest('hex')
    hash.update(room.subarray(0, bytesRead))
    at += bytesRead
  }
}
