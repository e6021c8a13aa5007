import { constants } from 'node:fs'
import { ChaosError } from '@chaos-lite/shared'
import { type OpenFile, open, readlink } from '../../../small-files/index.ts'

/** `open(2)`: a handle on the thing itself, which needs no right to read it. Node.js has no name for it. */
export const O_PATH = 0o10000000

/** A thing that stays the same one, whatever others rename or link meanwhile. */
export interface Pinned {
  readonly handle: OpenFile
  /** A path that leads to the very thing; programs that we start can use it too, because it goes through our process. */
  readonly path: string
}

/** Holds what lies at `path`, a link itself included: what is read through the handle is all of the same thing. */
export async function hold<T>(path: string, work: (pinned: Pinned) => Promise<T>): Promise<T> {
  const handle = await open(path, O_PATH | constants.O_NOFOLLOW)
  try {
    return await work({ handle, path: `/proc/${process.pid}/fd/${handle.fd}` })
  } finally {
    await handle.close()
  }
}

/**
 * Holds what lies at `path`, which must not lead over any link. Whoever may write in a folder on the way could put a link
 * to any file of the host there between two of our steps: so each step goes through the handle, and the kernel is asked
 * where the handle really leads. @throws ChaosError `wrong-state` where a link is in the way
 */
export async function pin<T>(path: string, work: (pinned: Pinned) => Promise<T>): Promise<T> {
  return hold(path, async (pinned) => {
    const stat = await pinned.handle.stat()
    if (stat.isSymbolicLink() || (await readlink(pinned.path)) !== path) {
      throw new ChaosError('wrong-state', `${path} is a link or leads over one: left alone.`)
    }
    return work(pinned)
  })
}
