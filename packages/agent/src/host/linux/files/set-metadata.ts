import { constants } from 'node:fs'
import { chmod, chown, open } from 'node:fs/promises'
import { ChaosError } from '@chaos-lite/shared'
import type { Metadata } from '../../host.ts'
import { touchDate } from '../../touch-date.ts'
import { must } from '../must.ts'
import { tool } from '../tools.ts'
import { sync } from './durable.ts'
import { readMetadata } from './metadata.ts'

const toolTimeoutMs = 10_000

/** `open(2)`: a handle on the thing itself, which needs no right to read it. Node.js has no name for it. */
const O_PATH = 0o10000000

/**
 * Sets mode, owner, ACL, attributes and modification time, each only where it differs, then forces it to disk. Whoever
 * may write in the folder could put a link to any file of the host in the path's place at any moment: so mode, owner and
 * ACL go through a handle that was seen to be no link. @throws ChaosError `wrong-state` for a link
 */
export async function writeMetadata(path: string, wanted: Metadata): Promise<void> {
  const handle = await open(path, O_PATH | constants.O_NOFOLLOW)
  try {
    const now = await readMetadata(path)
    const held = await handle.stat({ bigint: true })
    if (held.isSymbolicLink() || String(held.ino) !== now.inode || String(held.dev) !== now.dev) {
      throw new ChaosError('wrong-state', `${path} is a link, or was replaced by somebody else just now: left alone.`)
    }
    // The tools that we start do not have our handles: they reach this one through our process.
    const pinned = `/proc/${process.pid}/fd/${handle.fd}`
    if (now.uid !== wanted.uid || now.gid !== wanted.gid) await chown(pinned, wanted.uid, wanted.gid)
    await writeAcl(path, pinned, now.acl, wanted.acl)
    // After chown, which clears set-user-id bits; and after the ACL, whose mask a chmod sets as well.
    if (((await handle.stat()).mode & 0o7777) !== wanted.mode) await chmod(pinned, wanted.mode)
    await writeAttributes(path, now.attributes, wanted.attributes)
    const { mtimeNs } = await handle.stat({ bigint: true })
    if (String(mtimeNs) !== wanted.mtimeNs) await writeMtime(path, wanted.mtimeNs)
  } finally {
    await handle.close()
  }
  await sync(path)
}

/** Node rounds times to about a microsecond; `touch` keeps each nanosecond. */
export async function writeMtime(path: string, mtimeNs: string): Promise<void> {
  await must(['touch', '--no-create', '--no-dereference', '-m', `--date=${touchDate(mtimeNs)}`, '--', path], {
    timeoutMs: toolTimeoutMs,
  })
  await sync(path)
}

async function writeAcl(path: string, pinned: string, now: string | null, wanted: string | null): Promise<void> {
  if (now === wanted || wanted === null) return
  if (!tool('setfacl')) {
    throw new ChaosError('cannot-restore', `The ACL of ${path} cannot be set: install the package "acl".`)
  }
  await must(['setfacl', '--set-file=-', '--', pinned], { timeoutMs: toolTimeoutMs, input: `${wanted}\n` })
}

async function writeAttributes(
  path: string,
  now: Metadata['attributes'],
  wanted: Metadata['attributes'],
): Promise<void> {
  if (!now || !wanted) return
  for (const [name, value] of Object.entries(wanted)) {
    if (now[name] === value) continue
    const given = value === '' ? [] : [`--value=0s${value}`]
    await must(['setfattr', '-h', `--name=${name}`, ...given, '--', path], { timeoutMs: toolTimeoutMs })
  }
  for (const name of Object.keys(now)) {
    if (name in wanted) continue
    await must(['setfattr', '-h', `--remove=${name}`, '--', path], { timeoutMs: toolTimeoutMs })
  }
}
