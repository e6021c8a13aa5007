import { chmod, chown, lstat } from 'node:fs/promises'
import { ChaosError } from '@chaos-lite/shared'
import type { Metadata } from '../../host.ts'
import { touchDate } from '../../touch-date.ts'
import { must } from '../must.ts'
import { tool } from '../tools.ts'
import { sync } from './durable.ts'
import { readMetadata } from './metadata.ts'

const toolTimeoutMs = 10_000

/** Sets mode, owner, ACL, attributes and modification time, each only where it differs, then forces it to disk. */
export async function writeMetadata(path: string, wanted: Metadata): Promise<void> {
  const now = await readMetadata(path)
  if (now.uid !== wanted.uid || now.gid !== wanted.gid) await chown(path, wanted.uid, wanted.gid)
  await writeAcl(path, now.acl, wanted.acl)
  // After chown, which clears set-user-id bits; and after the ACL, whose mask a chmod sets as well.
  if (((await lstat(path)).mode & 0o7777) !== wanted.mode) await chmod(path, wanted.mode)
  await writeAttributes(path, now.attributes, wanted.attributes)
  if (String((await lstat(path, { bigint: true })).mtimeNs) !== wanted.mtimeNs) await writeMtime(path, wanted.mtimeNs)
  await sync(path)
}

/** Node rounds times to about a microsecond; `touch` keeps each nanosecond. */
export async function writeMtime(path: string, mtimeNs: string): Promise<void> {
  await must(['touch', '--no-create', '--no-dereference', '-m', `--date=${touchDate(mtimeNs)}`, '--', path], {
    timeoutMs: toolTimeoutMs,
  })
  await sync(path)
}

async function writeAcl(path: string, now: string | null, wanted: string | null): Promise<void> {
  if (now === wanted || wanted === null) return
  if (!tool('setfacl')) {
    throw new ChaosError('cannot-restore', `The ACL of ${path} cannot be set: install the package "acl".`)
  }
  await must(['setfacl', '--set-file=-', '--', path], { timeoutMs: toolTimeoutMs, input: `${wanted}\n` })
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
