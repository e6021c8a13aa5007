import { constants } from 'node:fs'
import { access, type FileHandle, link, lstat, open, readdir, realpath, rename, statfs, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { isTemporaryOf } from '../../artefact.ts'
import type { Files } from '../../host.ts'
import { must } from '../must.ts'
import { asChaosError, codeOf, sync } from './durable.ts'
import { isPlain, readMetadata, readStamp } from './metadata.ts'
import { mountPointsUnder } from './mounts.ts'
import { changeableParent } from './parents.ts'
import { O_PATH, pin } from './pinned.ts'
import { copyWhole, replaceFile } from './replace.ts'
import { writeMetadata, writeMtime } from './set-metadata.ts'
import { allocate, createFile, spaceOf } from './space.ts'

/** Files of a Linux host. Needs GNU coreutils; ACLs, attributes and flags as far as their packages are installed. */
export const linuxFiles: Files = {
  metadata: readMetadata,
  stamp: readStamp,
  isPlain,
  read: (path, maxBytes) => explained(`${path} cannot be read`, () => readBounded(path, maxBytes)),
  resolve: (path) => explained(`${path} cannot be followed`, () => realpath(path)),
  exists: async (path) => (await readStamp(path)) !== null,
  list: (folder) => explained(`${folder} cannot be listed`, async () => (await readdir(folder)).sort()),
  replace: replaceFile,
  keep: (path, keptPath) => explained(`${path} cannot be kept as ${keptPath}`, () => keep(path, keptPath)),
  putBack: (keptPath, path) => explained(`${keptPath} cannot be put back`, () => putBack(keptPath, path)),
  setMetadata: (path, metadata, only) =>
    explained(`${path} cannot be changed`, () => writeMetadata(path, metadata, only)),
  setMtime: (path, mtimeNs) => explained(`${path} cannot be changed`, () => writeMtime(path, mtimeNs)),
  move: (from, to) => explained(`${from} cannot be moved to ${to}`, () => move(from, to)),
  remove: (path) => explained(`${path} cannot be removed`, () => remove(path)),
  sweep: (folder, tag) => explained(`${folder} cannot be swept`, () => sweep(folder, tag)),
  changeableParent,
  writeBlocker,
  mountPointsUnder,
  space: spaceOf,
  create: createFile,
  allocate,
  freeBytes: async (path) => {
    const { bavail, bsize } = await explained(`${path} cannot be measured`, () => statfs(path))
    return bavail * bsize
  },
}

/** A restored copy may hold millions of files; the engine's own deadline for a revert comes earlier. */
const removeTimeoutMs = 600_000

async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asChaosError(error, what)
  }
}

/** Only bytes of a file are ever read: to open a device can do things, and a pipe may never answer. */
async function readBounded(path: string, maxBytes: number): Promise<Buffer> {
  const held = await open(path, O_PATH)
  try {
    if (!(await held.stat()).isFile()) throw new ChaosError('cannot-restore', `${path} is no file.`)
    const handle = await open(`/proc/self/fd/${held.fd}`, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      return await readAll(handle, path, maxBytes)
    } finally {
      await handle.close()
    }
  } finally {
    await held.close()
  }
}

async function readAll(handle: FileHandle, path: string, maxBytes: number): Promise<Buffer> {
  const { size } = await handle.stat()
  if (size > maxBytes) {
    throw new ChaosError('cannot-restore', `${path} is ${size} bytes long; the limit is ${maxBytes}.`)
  }
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size + 1), 0, size + 1, 0)
  if (bytesRead > size) throw new ChaosError('cannot-restore', `${path} grew while it was read.`)
  return buffer.subarray(0, bytesRead)
}

async function keep(path: string, keptPath: string): Promise<void> {
  try {
    await link(path, keptPath)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EOPNOTSUPP'].includes(codeOf(error) ?? '')) throw error
    await copyWhole(path, keptPath)
  }
  await sync(dirname(keptPath))
}

/** Two names of one file: rename(2) would leave both, so the kept one is taken away. */
async function putBack(keptPath: string, path: string): Promise<void> {
  const kept = await lstat(keptPath, { bigint: true })
  const there = await lstat(path, { bigint: true }).catch(() => null)
  if (there && there.dev === kept.dev && there.ino === kept.ino) await unlink(keptPath)
  else await rename(keptPath, path)
  await sync(dirname(path))
}

/** Both folders are held, so that no link that somebody puts in the way leads the rename elsewhere. */
async function move(from: string, to: string): Promise<void> {
  await pin(dirname(from), (source) =>
    pin(dirname(to), async (target) => {
      const place = join(target.path, basename(to))
      // rename(2) would silently replace an empty folder or a file; Node has no RENAME_NOREPLACE.
      if (await readStamp(place))
        throw new ChaosError('already-exists', `${from} cannot be moved to ${to}: that exists.`)
      await rename(join(source.path, basename(from)), place)
      await sync(`${target.path}/.`)
      if (dirname(from) !== dirname(to)) await sync(`${source.path}/.`)
    }),
  )
}

/**
 * Trees are left to GNU rm, which goes down by handles and never follows a link that somebody puts in its way; Node goes
 * by paths. What is mounted in the tree is somebody else's and stays.
 */
async function remove(path: string): Promise<void> {
  const parent = dirname(path)
  if (!(await readStamp(parent))) return
  await pin(parent, async (pinned) => {
    const place = join(pinned.path, basename(path))
    const found = await lstat(place).catch(() => null)
    if (!found) return
    if (found.isDirectory()) await must(['rm', '-rf', '--one-file-system', '--', place], { timeoutMs: removeTimeoutMs })
    else await unlink(place)
    await sync(`${pinned.path}/.`)
  })
}

async function sweep(folder: string, tag: string): Promise<number> {
  const left = (await readdir(folder)).filter((name) => isTemporaryOf(name, tag))
  for (const name of left) await unlink(join(folder, name))
  if (left.length > 0) await sync(folder)
  return left.length
}

/** The kernel answers for root too: read-only file systems and immutable folders refuse even root. */
async function writeBlocker(folder: string): Promise<string | null> {
  try {
    await access(folder, constants.W_OK)
    return null
  } catch (error) {
    return asChaosError(error, `${folder} cannot be changed`).message
  }
}
