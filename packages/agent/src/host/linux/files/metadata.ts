import type { BigIntStats } from 'node:fs'
import { dirname } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { lstat } from '../../../small-files/index.ts'
import type { Owned, Stamp } from '../../host.ts'
import type { Metadata } from '../../image.ts'
import { aclOfMode, hasNothingMore } from '../../plain.ts'
import { must } from '../must.ts'
import { run } from '../run.ts'
import { tool } from '../tools.ts'
import { asChaosError, codeOf } from './durable.ts'
import { type Extended, isAsMade, knownOf, rememberExtended } from './known.ts'
import { hold } from './pinned.ts'

const toolTimeoutMs = 10_000

/**
 * Reads everything that a file or folder must have again afterwards. Does not follow links. All but the flags is read
 * through one handle: whoever may exchange the file gets no mixture of two read.
 */
export async function readMetadata(path: string): Promise<Metadata> {
  try {
    return await hold(path, async (pinned) => {
      const stat = await pinned.handle.stat({ bigint: true })
      const kind = kindOf(stat)
      const real = kind === 'file' || kind === 'folder'
      const extended = real ? (knownOf(stat) ?? (await readExtended(path, pinned.path, stat))) : NOTHING_EXTENDED
      return { kind, ...ownedOf(stat), sizeBytes: Number(stat.size), ...stampOf(stat), ...extended }
    })
  } catch (error) {
    throw asChaosError(error, `${path} cannot be read`)
  }
}

const NOTHING_EXTENDED: Extended = { acl: null, attributes: null, flags: null }

/** By the programs of the system. lsattr refuses to go through a handle. */
async function readExtended(path: string, pinned: string, stat: BigIntStats): Promise<Extended> {
  const [{ acl, attributes }, flags] = await Promise.all([
    readAttributes(path, pinned, Number(stat.mode)),
    readFlags(path, kindOf(stat)),
  ])
  const extended = { acl, attributes, flags }
  await rememberExtended(path, stat, extended)
  return extended
}

/** As `Files.isPlain`. A security label is an attribute too: where SELinux labels files, none is plain. */
export async function isPlain(path: string): Promise<boolean> {
  const [file, folder] = await Promise.all([readMetadata(path), readMetadata(dirname(path))])
  return hasNothingMore(file) && hasNothingMore(folder)
}

/** As `Files.asMade`. */
export async function asMade(path: string): Promise<Owned | null> {
  const stat = await lstat(path, { bigint: true }).catch(() => null)
  return stat !== null && isAsMade(stat) ? ownedOf(stat) : null
}

/** Times and identity only; null where nothing is. */
export async function readStamp(path: string): Promise<Stamp | null> {
  try {
    return stampOf(await lstat(path, { bigint: true }))
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null
    throw asChaosError(error, `${path} cannot be read`)
  }
}

function stampOf(stat: BigIntStats): Stamp {
  return {
    dev: String(stat.dev),
    inode: String(stat.ino),
    mtimeNs: String(stat.mtimeNs),
    ctimeNs: String(stat.ctimeNs),
    birthNs: String(stat.birthtimeNs),
    links: Number(stat.nlink),
  }
}

function ownedOf({ mode, uid, gid }: BigIntStats): Owned {
  return { mode: Number(mode) & 0o7777, uid: Number(uid), gid: Number(gid) }
}

/** `link` is a symbolic link; pipes, sockets and devices are `other`, and no drill changes them. */
export function kindOf(stat: BigIntStats): Metadata['kind'] {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  return stat.isSymbolicLink() ? 'link' : 'other'
}

/**
 * An ACL that says more than the mode is an extended attribute. Where getfattr sees none, getfacl would only spell the
 * mode out, so it is not started: every process that we start costs more than all else that we read.
 */
async function readAttributes(
  path: string,
  pinned: string,
  mode: number,
): Promise<Pick<Metadata, 'acl' | 'attributes'>> {
  const listed = await listAttributes(pinned)
  const names = Object.keys(listed.attributes ?? {})
  const isPlain = listed.isKnown && names.every((name) => !name.startsWith('system.')) && tool('getfacl') !== null
  const acl = isPlain ? aclOfMode(mode) : await readAcl(path, pinned)
  return { acl, attributes: listed.attributes && withoutAcls(listed.attributes) }
}

/** ACLs are left to `getfacl`: the same thing in two places could be restored twice, differently. */
function withoutAcls(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !name.startsWith('system.posix_acl')))
}

/** Without the `acl` package, `ls` still marks a file that has an ACL with `+`: such a file is refused, not damaged. */
async function readAcl(path: string, pinned: string): Promise<string | null> {
  if (tool('getfacl')) {
    const argv = ['getfacl', '--omit-header', '--absolute-names', '--numeric', '--no-effective', '--', pinned] as const
    const { stdout } = await must(argv, { timeoutMs: toolTimeoutMs })
    return stdout.trim()
  }
  const { stdout } = await must(['ls', '-ldL', '--', pinned], { timeoutMs: toolTimeoutMs })
  if (stdout[10] !== '+') return null
  const todo = 'install the package "acl"'
  throw new ChaosError('cannot-restore', `${path} has an ACL and this host has no getfacl to read it: ${todo}.`)
}

/** All of them, ACLs too. Null where getfattr is not installed; `isKnown` is false where nothing can be concluded. */
async function listAttributes(
  pinned: string,
): Promise<{ attributes: Record<string, string> | null; isKnown: boolean }> {
  if (!tool('getfattr')) return { attributes: null, isKnown: false }
  const argv = ['getfattr', '--absolute-names', '--dump', '--match=-', '--encoding=base64', '--', pinned] as const
  const { code, stdout } = await run(argv, { timeoutMs: toolTimeoutMs })
  if (code !== 0) return { attributes: {}, isKnown: false }
  const attributes: Record<string, string> = {}
  for (const row of stdout.split('\n')) {
    const [, name, value] = /^([^=#]+)=0s(.*)$/.exec(row) ?? /^([^=#]+)()$/.exec(row) ?? []
    if (name) attributes[name] = value ?? ''
  }
  return { attributes, isKnown: true }
}

async function readFlags(path: string, kind: Metadata['kind']): Promise<string | null> {
  if (!tool('lsattr')) return null
  const { code, stdout } = await run(['lsattr', ...(kind === 'folder' ? ['-d'] : []), '--', path], {
    timeoutMs: toolTimeoutMs,
  })
  // Many file systems (tmpfs of older kernels, network ones) have no such flags.
  return code === 0 ? (stdout.split(' ')[0] ?? '').replaceAll('-', '') : null
}
