import type { BigIntStats } from 'node:fs'
import { lstat, statfs } from '../../../small-files/index.ts'
import type { Metadata } from '../../image.ts'
import { tellsEachChange } from './change-time.ts'

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
const made = new Map<string, string>()

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
  const { type } = await statfs(path)
  if (!HONEST_CTIME.has(type)) return
  keep(known, stat, { stamp: stampOf(stat), extended })
}

/**
 * We gave the file that is at `path` now another name, or took one from it, which moves its change time and nothing else:
 * what was known of it right `before` still holds.
 */
export async function carryOver(path: string, before: BigIntStats): Promise<void> {
  const found = known.get(nameOf(before))
  if (found?.stamp !== stampOf(before) || !tellsEachChange(before.dev)) return
  const after = await lstat(path, { bigint: true })
  if (nameOf(after) !== nameOf(before) || restOf(after) !== restOf(before)) return
  keep(known, after, { stamp: stampOf(after), extended: found.extended })
}

/** Keeps how the kernel stamps a file that was just made by us with nothing beyond mode and owner. */
export async function rememberMade(path: string): Promise<void> {
  const stat = await lstat(path, { bigint: true })
  if (tellsEachChange(stat.dev)) keep(made, stat, stampOf(stat))
}

/** Is it the very file that we made, and did nobody change anything about it since? False where that is not known. */
export function isAsMade(stat: BigIntStats): boolean {
  return made.get(nameOf(stat)) === stampOf(stat)
}

function keep<T>(memory: Map<string, T>, stat: BigIntStats, value: T): void {
  const name = nameOf(stat)
  memory.delete(name)
  memory.set(name, value)
  for (const oldest of memory.keys()) {
    if (memory.size <= MOST) break
    memory.delete(oldest)
  }
}

function nameOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`
}

function stampOf(stat: BigIntStats): string {
  return `${restOf(stat)} ${stat.ctimeNs}`
}

/** All but the change time. */
function restOf({ mode, uid, gid, size, mtimeNs, birthtimeNs }: BigIntStats): string {
  return [mode, uid, gid, size, mtimeNs, birthtimeNs].join(' ')
}
