import { constants } from 'node:fs'
import { ChaosError } from '@chaos-lite/shared'
import { type OpenFile, open, readlink } from '../../../small-files/index.ts'
import type { Thing } from '../../host.ts'
import { codeOf } from './durable.ts'
import { kindOf } from './metadata.ts'
import { O_PATH } from './pinned.ts'

/** As `Files.look`. */
export async function look<T>(path: string, work: (thing: Thing) => Promise<T>): Promise<T | null> {
  const held = await handleOn(path)
  if (held === null) return null
  try {
    const stat = await held.stat({ bigint: true })
    return await work({
      place: await readlink(`/proc/self/fd/${held.fd}`),
      kind: kindOf(stat),
      mtimeNs: String(stat.mtimeNs),
      sizeBytes: Number(stat.size),
      read: (maxBytes) => readHeld(held, path, maxBytes),
    })
  } finally {
    await held.close()
  }
}

/** As `Files.read`. */
export async function readBounded(path: string, maxBytes: number): Promise<Buffer> {
  const held = await open(path, O_PATH)
  try {
    return await readHeld(held, path, maxBytes)
  } finally {
    await held.close()
  }
}

async function handleOn(path: string): Promise<OpenFile | null> {
  try {
    return await open(path, O_PATH)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null
    throw error
  }
}

/** Only bytes of a file are ever read: to open a device can do things, and a pipe may never answer. */
async function readHeld(held: OpenFile, path: string, maxBytes: number): Promise<Buffer> {
  if (!(await held.stat()).isFile()) throw new ChaosError('cannot-restore', `${path} is no file.`)
  const handle = await open(`/proc/self/fd/${held.fd}`, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    return await readAll(handle, path, maxBytes)
  } finally {
    await handle.close()
  }
}

async function readAll(handle: OpenFile, path: string, maxBytes: number): Promise<Buffer> {
  const { size } = await handle.stat()
  if (size > maxBytes) {
    throw new ChaosError('cannot-restore', `${path} is ${size} bytes long; the limit is ${maxBytes}.`)
  }
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size + 1), 0, size + 1, 0)
  if (bytesRead > size) throw new ChaosError('cannot-restore', `${path} grew while it was read.`)
  return buffer.subarray(0, bytesRead)
}
