import { type BigIntStats, promises as fs } from 'node:fs'
import type { Metadata } from '../../host.ts'

/** What only programs can read of a file. */
export type Extended = Pick<Metadata, 'acl' | 'attributes' | 'flags'>

/**
 * File systems whose change time moves with every change of ACL, attribute and flag: the `f_type` of statfs(2), from
 * linux/magic.h: ext2 to ext4, XFS, Btrfs, overlay, F2FS.
 */
const HONEST_CTIME = new Set([0xef53, 0x58465342, 0x9123683e, 0x794c7630, 0xf2f52010])
/** A second change within one tick of the kernel's clock may leave the same change time. */
const SETTLED_NS = 100_000_000n
const MOST = 256

const known = new Map<string, { readonly stamp: string; readonly extended: Extended }>()

/**
 * What was read of this very file before, where the kernel's own stamps say that nothing about it changed since: no
 * program is started then. Each one costs a fork of the agent, which is more than all else that an inject does.
 */
export function knownOf(stat: BigIntStats): Extended | null {
  const found = known.get(nameOf(stat))
  return found?.stamp === stampOf(stat) ? found.extended : null
}

/** Keeps what was read after `stat` was taken: a change in between has moved the stamp, and this is never found again. */
export async function rememberExtended(path: string, stat: BigIntStats, extended: Extended): Promise<void> {
  const nowNs = BigInt(Date.now()) * 1_000_000n
  // A missing program may be installed at any time.
  if (nowNs - stat.ctimeNs < SETTLED_NS || extended.attributes === null) return
  const { type } = await fs.statfs(path)
  if (!HONEST_CTIME.has(type)) return
  const name = nameOf(stat)
  known.delete(name)
  known.set(name, { stamp: stampOf(stat), extended })
  for (const oldest of known.keys()) {
    if (known.size <= MOST) break
    known.delete(oldest)
  }
}

function nameOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`
}

function stampOf({ mode, uid, gid, size, mtimeNs, ctimeNs, birthtimeNs }: BigIntStats): string {
  return [mode, uid, gid, size, mtimeNs, ctimeNs, birthtimeNs].join(' ')
}
