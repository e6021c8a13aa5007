import { constants } from 'node:fs'
import { unlink as freeInThread, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import {
  access,
  chmod,
  hardLink,
  lstat,
  mkdir,
  readdir,
  rename,
  rmdir,
  statfs,
  unlink,
} from '../../../small-files/index.ts'
import { isTemporaryOf } from '../../artefact.ts'
import type { Files } from '../../host.ts'
import { must } from '../must.ts'
import { asChaosError, codeOf, orMissing, sync } from './durable.ts'
import { carryOver } from './known.ts'
import { look, readBounded } from './look.ts'
import { asMade, isPlain, readMetadata, readStamp } from './metadata.ts'
import { mountPointsUnder } from './mounts.ts'
import { changeableParent } from './parents.ts'
import { pin } from './pinned.ts'
import { renameNoReplace } from './rename-no-replace.ts'
import { copyWhole, replaceFile } from './replace.ts'
import { writeMetadata, writeMtime } from './set-metadata.ts'
import { allocate, createFile, holdsData, moveWithoutReserve, spaceOf } from './space.ts'
import { survey } from './survey.ts'
import { treeUsers } from './tree-users.ts'

/** Files of a Linux host. Needs GNU coreutils; ACLs, attributes and flags as far as their packages are installed. */
export const linuxFiles: Files = {
  metadata: readMetadata,
  stamp: readStamp,
  isPlain,
  asMade,
  read: (path, maxBytes) => explained(`${path} cannot be read`, () => readBounded(path, maxBytes)),
  look,
  resolve: (path) => explained(`${path} cannot be followed`, () => realpath(path)),
  exists: async (path) => (await readStamp(path)) !== null,
  list: (folder) => explained(`${folder} cannot be listed`, async () => (await readdir(folder)).sort()),
  replace: replaceFile,
  keep: (path, keptPath) => explained(`${path} cannot be kept as ${keptPath}`, () => keep(path, keptPath)),
  putBack: (keptPath, path) => explained(`${keptPath} cannot be restored`, () => putBack(keptPath, path)),
  setMetadata: (path, metadata, only) =>
    explained(`${path} cannot be changed`, () => writeMetadata(path, metadata, only)),
  setMtime: (path, mtimeNs) => explained(`${path} cannot be changed`, () => writeMtime(path, mtimeNs)),
  makeFolder: (path) => explained(`${path} cannot be made`, () => makeFolder(path)),
  removeEmptyFolder: (path) => explained(`${path} cannot be removed`, () => removeEmptyFolder(path)),
  move: (from, to) => explained(`${from} cannot be moved to ${to}`, () => move(from, to)),
  remove: (path) => explained(`${path} cannot be removed`, () => remove(path)),
  sweep: (folder, tag) => explained(`${folder} cannot be swept`, () => sweep(folder, tag)),
  changeableParent,
  writeBlocker,
  mountPointsUnder,
  survey: (folder, options, each) => explained(`${folder} cannot be listed`, () => survey(folder, options, each)),
  treeUsers,
  space: spaceOf,
  create: createFile,
  holdsData,
  moveWithoutReserve: (from, to) => explained(`${from} cannot be kept as ${to}`, () => moveWithoutReserve(from, to)),
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

async function keep(path: string, keptPath: string): Promise<void> {
  const before = await lstat(path, { bigint: true })
  try {
    await hardLink(path, keptPath)
    await carryOver(path, before)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EOPNOTSUPP'].includes(codeOf(error) ?? '')) throw error
    await copyWhole(path, keptPath)
  }
  await sync(dirname(keptPath))
}

/** Two names of one file: rename(2) would leave both, so the kept one is taken away. */
async function putBack(keptPath: string, path: string): Promise<void> {
  const kept = await lstat(keptPath, { bigint: true })
  const there = await lstat(path, { bigint: true }).catch(orMissing)
  if (there && there.dev === kept.dev && there.ino === kept.ino) await unlink(keptPath)
  else await rename(keptPath, path)
  await carryOver(path, kept)
  await sync(dirname(path))
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await lstat(path)).isDirectory()) return
    throw error
  }
  await chmod(path, 0o755) // whatever the umask
  await sync(dirname(path))
}

async function removeEmptyFolder(path: string): Promise<void> {
  try {
    await rmdir(path)
  } catch (error) {
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) return
    throw error
  }
  await sync(dirname(path))
}

/** Both folders are held, so that no link that somebody puts in the way leads the rename elsewhere. */
async function move(from: string, to: string): Promise<void> {
  await pin(dirname(from), (source) =>
    pin(dirname(to), async (target) => {
      const place = join(target.path, basename(to))
      if (await readStamp(place)) throw alreadyThere(from, to)
      // What somebody else made there in between stays, and ours is where it was.
      if (!(await renameNoReplace(join(source.path, basename(from)), place))) throw alreadyThere(from, to)
      await sync(`${target.path}/.`)
      if (dirname(from) !== dirname(to)) await sync(`${source.path}/.`)
    }),
  )
}

function alreadyThere(from: string, to: string): ChaosError {
  return new ChaosError('already-exists', `${from} cannot be moved to ${to}: that exists.`)
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
    const found = await lstat(place).catch(orMissing)
    if (!found) return
    if (found.isDirectory()) await must(['rm', '-rf', '--one-file-system', '--', place], { timeoutMs: removeTimeoutMs })
    // In a thread: to give back a file of many gigabytes takes its time.
    else await freeInThread(place)
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
