import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { faultOf } from '../text/index.ts'

const MAX_BYTES = 256 * 1024
const OTHERS_WRITE = 0o022
const OTHERS_AT_ALL = 0o077

/** A file of the host's owner. Only one that root alone can change is believed: it decides what a drill may do. */
export type OwnedFile =
  | { readonly state: 'trusted'; readonly bytes: Buffer }
  | { readonly state: 'missing' }
  /** There, but not to be believed: `why` says what to correct. */
  | { readonly state: 'refused'; readonly why: string }

/**
 * Reads a small file that only the host's administrator may have written. Owner and mode are those of the file that was
 * opened, so nobody can swap it in between. `secret`: nobody else may read it either.
 */
export function readOwnedFile(path: string, { secret }: { readonly secret: boolean }): OwnedFile {
  let handle: number
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (thrown) {
    if (faultOf(thrown) === 'ENOENT') return { state: 'missing' }
    const why =
      faultOf(thrown) === 'ELOOP' ? `${path} is a symbolic link` : `${path} cannot be read: ${faultOf(thrown)}`
    return { state: 'refused', why }
  }
  try {
    const why = complaint(path, handle, secret)
    if (why !== null) return { state: 'refused', why }
    const bytes = Buffer.alloc(fstatSync(handle).size)
    const read = readSync(handle, bytes, 0, bytes.length, 0)
    return { state: 'trusted', bytes: bytes.subarray(0, read) }
  } catch (thrown) {
    return { state: 'refused', why: `${path} cannot be read: ${faultOf(thrown)}` }
  } finally {
    closeSync(handle)
  }
}

function complaint(path: string, handle: number, secret: boolean): string | null {
  const file = fstatSync(handle)
  if (!file.isFile()) return `${path} is no file`
  if (file.size > MAX_BYTES) return `${path} is larger than ${MAX_BYTES} bytes`
  // Systems without user numbers keep owners and rights in another form, which the loader does not read yet.
  if (process.getuid === undefined) return null
  if (!isOurs(file.uid)) return `${path} belongs to user ${file.uid}; run: chown root ${path}`
  if (secret && (file.mode & OTHERS_AT_ALL) !== 0) return `${path} can be read by others; run: chmod 600 ${path}`
  if ((file.mode & OTHERS_WRITE) !== 0) return `${path} can be written by others; run: chmod go-w ${path}`
  const folder = dirname(path)
  const around = statSync(folder)
  if (!isOurs(around.uid) || (around.mode & OTHERS_WRITE) !== 0) {
    return `${folder} can be written by others; run: chown root ${folder} && chmod go-w ${folder}`
  }
  return null
}

/** Root, or the agent's own account where it does not run as root (and so can do no more than that account). */
function isOurs(uid: number): boolean {
  return uid === 0 || uid === process.geteuid?.()
}
