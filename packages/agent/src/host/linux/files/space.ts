import { constants, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { removeFile, rename, statfs, unlink } from '../../../small-files/index.ts'
import type { Space } from '../../host.ts'
import { run } from '../run.ts'
import { tool } from '../tools.ts'
import { asChaosError, sync } from './durable.ts'

/** Magic numbers of statfs(2) of file systems that keep their bytes on disks of this host, and take what is reserved. */
const onDisk: Readonly<Record<string, string>> = {
  ef53: 'ext4',
  '58465342': 'xfs',
  '9123683e': 'btrfs',
  f2f52010: 'f2fs',
  '794c7630': 'overlay',
}

const allocateMs = 60_000
const chunkBytes = 1024 * 1024

/** Room as an ordinary account has it: what is reserved for root counts as taken. */
export async function spaceOf(path: string): Promise<Space> {
  const { bavail, blocks, bsize, type } = await statfs(path).catch((error: unknown) => {
    throw asChaosError(error, `${path} cannot be measured`)
  })
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, onDisk: onDisk[type.toString(16)] ?? null }
}

/** An empty file that only its owner may read; the name is durable when it returns. */
export async function createFile(path: string): Promise<void> {
  try {
    const handle = await open(path, 'wx', 0o600)
    await handle.close()
    await sync(dirname(path))
  } catch (error) {
    throw asChaosError(error, `${path} cannot be made`)
  }
}

/** Gives a file this length. What it grows by is really taken on the disk; what it shrinks by is free at once. */
export async function allocate(path: string, bytes: number, signal?: AbortSignal): Promise<void> {
  const handle = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw asChaosError(error, `${path} cannot be changed`)
    },
  )
  try {
    const { size } = await ownFile(handle, path)
    if (bytes <= size) return await handle.truncate(bytes)
    // By our handle: the name may lead elsewhere by now.
    if (await reserved(`/proc/${process.pid}/fd/${handle.fd}`, size, bytes, signal)) return
    const zeros = Buffer.alloc(chunkBytes)
    for (let at = size; at < bytes; at += chunkBytes) {
      signal?.throwIfAborted()
      await handle.write(zeros, 0, Math.min(chunkBytes, bytes - at), at)
    }
    await handle.datasync()
  } catch (error) {
    throw asChaosError(error, `${path} cannot be made ${bytes} bytes long`)
  } finally {
    await handle.close()
  }
}

/** As `Files.holdsData`: without waiting, because somebody may have put a pipe there. */
export async function holdsData(path: string): Promise<boolean> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null)
  if (handle === null) return true
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) return true
    for (const at of new Set([0, Math.max(0, stat.size - chunkBytes)])) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(chunkBytes), 0, chunkBytes, at)
      if (buffer.subarray(0, bytesRead).some((byte) => byte !== 0)) return true
    }
    return false
  } finally {
    await handle.close()
  }
}

/**
 * As `Files.moveWithoutReserve`. What is reserved and was never written reads as a hole, so only a sparse copy is without
 * it. Where there is no room for the copy the file itself gets the name.
 */
export async function moveWithoutReserve(from: string, to: string): Promise<void> {
  const copy = `${to}.new`
  const argv = ['cp', '--sparse=always', '--no-dereference', '--preserve=all', '--no-target-directory'] as const
  const { code } = await run([...argv, '--', from, copy], { timeoutMs: allocateMs })
  if (code === 0) {
    await sync(copy)
    await rename(copy, to)
    await unlink(from)
  } else {
    await removeFile(copy)
    await rename(from, to)
  }
  await sync(dirname(to))
}

/** Whoever may write in the folder could give the name to another file: ours has no second name and belongs to us. */
async function ownFile(handle: FileHandle, path: string): Promise<Stats> {
  const stat = await handle.stat()
  if (stat.isFile() && stat.nlink === 1 && stat.uid === process.geteuid?.()) return stat
  throw new ChaosError('wrong-state', `${path} is not the file that was made here any more: left alone.`)
}

/** By fallocate(1); false where the file system, or the host, has no such thing. */
async function reserved(path: string, size: number, bytes: number, signal?: AbortSignal): Promise<boolean> {
  if (tool('fallocate') === null) return false
  const argv = ['fallocate', '--offset', String(size), '--length', String(bytes - size), '--', path] as const
  const done = await run(argv, { timeoutMs: allocateMs, ...(signal === undefined ? {} : { signal }) })
  if (done.code === 0) return true
  if (/not supported/i.test(done.stderr)) return false
  const kind = /no space|quota/i.test(done.stderr) ? 'storage-full' : 'tool-failed'
  throw new ChaosError(kind, `fallocate failed: ${done.stderr.trim().slice(0, 200)}.`)
}
