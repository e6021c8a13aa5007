import {
  accessSync,
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  type PathLike,
  promises,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  type Stats,
  statfsSync,
  statSync,
  unlinkSync,
} from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type Flags, withoutWaiting } from './flags.ts'
import { mayTakeLong, noticing } from './may-take-long.ts'
import { FileAtOnce, type OpenFile } from './open-file.ts'

export { mayHang } from './may-take-long.ts'
export type { OpenFile } from './open-file.ts'

/** The kernel waits for 45 s by default. */
const LEASE_MS = 60_000
const LEASE_LOOK_MS = 20

/*
 * The same as `node:fs/promises`, for the small files of the agent and of the host: journal, outbox, identity, /etc. Node.js
 * does each of its operations in another thread, which costs ten times what the kernel needs for it; an inject is made of a
 * hundred. Here they are done at once, but for what waits for a disk (sync), and unless `mayTakeLong`.
 * Why, and why not everything: docs/decisions/0007-small-files-at-once.md
 */

/** `work` at once where that is sure to be quick, `inThread` otherwise; both take the same and answer the same. */
function atOnce<Operation>(work: (...args: never[]) => unknown, inThread: (...args: never[]) => unknown): Operation {
  return (async (...args: never[]) => (mayTakeLong() ? inThread(...args) : noticing(() => work(...args)))) as Operation
}

/** As in node:fs/promises, done at once in this thread while the disk is quick. So are all functions of this file. */
export const access = atOnce<typeof promises.access>(accessSync, promises.access)
/** Follows symbolic links, as chmod(2) does. */
export const chmod = atOnce<typeof promises.chmod>(chmodSync, promises.chmod)
/** Follows symbolic links, as chown(2) does. */
export const chown = atOnce<typeof promises.chown>(chownSync, promises.chown)
/**
 * Makes a hard link (link(2)). Throws `EEXIST` where the name is taken, which makes it a way to create a file only
 * once.
 */
export const hardLink = atOnce<typeof promises.link>(linkSync, promises.link)
/** Of a symbolic link itself (lstat(2)). */
export const lstat = atOnce<typeof promises.lstat>(lstatSync, promises.lstat)
/** Makes one folder; its parent must be there. */
export const mkdir = atOnce<typeof promises.mkdir>(mkdirSync, promises.mkdir)
/** Names in no particular order (readdir(3)). */
export const readdir = atOnce<typeof promises.readdir>(readdirSync, promises.readdir)
/** The text of a symbolic link, which may lead nowhere. */
export const readlink = atOnce<typeof promises.readlink>(readlinkSync, promises.readlink)
/** Replaces what has the new name, in one step within a file system (rename(2)). */
export const rename = atOnce<typeof promises.rename>(renameSync, promises.rename)
/** Throws `ENOTEMPTY` for a folder that holds anything. */
export const rmdir = atOnce<typeof promises.rmdir>(rmdirSync, promises.rmdir)
/** Follows symbolic links. */
export const stat = atOnce<typeof promises.stat>(statSync, promises.stat)
/** Of the file system that holds this path; sizes are in blocks of `bsize` bytes. */
export const statfs = atOnce<typeof promises.statfs>(statfsSync, promises.statfs)
/** Removes a name; the file lives on while it has another one or is open (unlink(2)). */
export const unlink = atOnce<typeof promises.unlink>(unlinkSync, promises.unlink)

/** Removes a small file that may be gone already. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

/** As `open` of `node:fs/promises`, but for a pipe in the place of a file, which keeps nobody waiting for its other end. */
export async function open(path: PathLike, flags: Flags | number = 'r', mode?: number): Promise<OpenFile> {
  const quickly = withoutWaiting(flags)
  try {
    if (mayTakeLong()) return await promises.open(path, quickly, mode)
    return new FileAtOnce(noticing(() => openSync(path, quickly, mode)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    return openLeased(path, quickly, mode)
  }
}

/**
 * Somebody has a lease on the file, such as Samba or an NFS client: the kernel asks for it back, and takes it by force in
 * the end (`/proc/sys/fs/lease-break-time`). Asked again and again, because by now the name may lead to a pipe.
 */
async function openLeased(path: PathLike, flags: number, mode: number | undefined): Promise<OpenFile> {
  for (const untilMs = performance.now() + LEASE_MS; ; ) {
    try {
      return await promises.open(path, flags, mode)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > untilMs) throw error
    }
    await pause(LEASE_LOOK_MS)
  }
}

/** The whole file; text where an encoding is given. @throws for a pipe, a socket or a device: never waits for one */
export async function readFile(path: PathLike): Promise<Buffer>
export async function readFile(path: PathLike, encoding: BufferEncoding): Promise<string>
export async function readFile(path: PathLike, encoding?: BufferEncoding): Promise<Buffer | string> {
  const file = await open(path)
  try {
    refuseOther(path, await file.stat())
    const bytes = await file.readFile()
    return encoding === undefined ? bytes : bytes.toString(encoding)
  } finally {
    await file.close()
  }
}

/**
 * A small file that somebody else chose or may exchange: a password file, a certificate authority, a table in /etc. It is
 * opened without waiting, must be a file, and is not read when it is larger. @throws Error
 */
export async function readForeign(path: PathLike, maxBytes: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const found = await file.stat()
    refuseOther(path, found)
    if (found.size > maxBytes) throw faulty('EFBIG', `${path} is larger than ${maxBytes} bytes`)
    const { bytesRead, buffer } = await file.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0)
    if (bytesRead > maxBytes) throw faulty('EFBIG', `${path} is larger than ${maxBytes} bytes`)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** To read a device can do things, and a pipe may never answer; a folder says so itself. */
function refuseOther(path: PathLike, found: Stats): void {
  if (!found.isFile() && !found.isDirectory()) throw faulty('ENOTSUP', `${path} is no file`)
}

function faulty(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code })
}

/** Writes a whole file, which is not forced to disk. */
export async function writeFile(
  path: PathLike,
  content: string | Uint8Array,
  { mode = 0o666, flag = 'w' }: { readonly mode?: number; readonly flag?: Flags } = {},
): Promise<void> {
  const file = await open(path, flag, mode)
  try {
    await file.writeFile(content)
  } finally {
    await file.close()
  }
}
