import { ChaosError } from '@chaos-lite/shared'
import { chmod, chown } from '../../../small-files/index.ts'
import type { Metadata } from '../../image.ts'
import { touchDate } from '../../touch-date.ts'
import { must } from '../must.ts'
import { tool } from '../tools.ts'
import { sync } from './durable.ts'
import { readMetadata } from './metadata.ts'
import { type Pinned, pin } from './pinned.ts'

const toolTimeoutMs = 10_000

/** Which file or folder, whatever its name. */
type Identity = Pick<Metadata, 'dev' | 'inode'>

/**
 * Sets mode, owner, ACL, attributes and modification time, each only where it differs, then forces it to disk. All goes
 * through a handle on a file or folder that is none of the links that others could put in its place.
 */
export async function writeMetadata(path: string, wanted: Metadata, only?: Identity): Promise<void> {
  await pin(path, async (pinned) => {
    const now = await readMetadata(path)
    const held = await pinned.handle.stat({ bigint: true })
    if (!(held.isFile() || held.isDirectory()) || String(held.ino) !== now.inode || String(held.dev) !== now.dev) {
      throw new ChaosError('wrong-state', `${path} was replaced by somebody else just now: left alone.`)
    }
    if (only !== undefined && (only.inode !== now.inode || only.dev !== now.dev)) {
      throw new ChaosError('wrong-state', `${path} is another file than the one that was looked at: left alone.`)
    }
    if (now.uid !== wanted.uid || now.gid !== wanted.gid) await chown(pinned.path, wanted.uid, wanted.gid)
    await writeAcl(path, pinned, now.acl, wanted.acl)
    // After chown, which clears set-user-id bits; and after the ACL, whose mask a chmod sets as well.
    if (((await pinned.handle.stat()).mode & 0o7777) !== wanted.mode) await chmod(pinned.path, wanted.mode)
    await writeAttributes(pinned, now.attributes, wanted.attributes)
    const { mtimeNs } = await pinned.handle.stat({ bigint: true })
    if (String(mtimeNs) !== wanted.mtimeNs) await touch(pinned, wanted.mtimeNs)
    await sync(pinned.path)
  })
}

/** Of a file or folder; links are left alone. */
export async function writeMtime(path: string, mtimeNs: string): Promise<void> {
  await pin(path, async (pinned) => {
    await touch(pinned, mtimeNs)
    await sync(pinned.path)
  })
}

/** Node rounds times to about a microsecond; `touch` keeps each nanosecond. */
async function touch({ path }: Pinned, mtimeNs: string): Promise<void> {
  await must(['touch', '--no-create', '-m', `--date=${touchDate(mtimeNs)}`, '--', path], { timeoutMs: toolTimeoutMs })
}

async function writeAcl(path: string, pinned: Pinned, now: string | null, wanted: string | null): Promise<void> {
  if (now === wanted || wanted === null) return
  if (!tool('setfacl')) {
    throw new ChaosError('cannot-restore', `The ACL of ${path} cannot be set: install the package "acl".`)
  }
  await must(['setfacl', '--set-file=-', '--', pinned.path], { timeoutMs: toolTimeoutMs, input: `${wanted}\n` })
}

async function writeAttributes(
  { path }: Pinned,
  now: Metadata['attributes'],
  wanted: Metadata['attributes'],
): Promise<void> {
  if (!now || !wanted) return
  for (const [name, value] of Object.entries(wanted)) {
    if (now[name] === value) continue
    const given = value === '' ? [] : [`--value=0s${value}`]
    await must(['setfattr', `--name=${name}`, ...given, '--', path], { timeoutMs: toolTimeoutMs })
  }
  for (const name of Object.keys(now)) {
    if (name in wanted) continue
    await must(['setfattr', `--remove=${name}`, '--', path], { timeoutMs: toolTimeoutMs })
  }
}
