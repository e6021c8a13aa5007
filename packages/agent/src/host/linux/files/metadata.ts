import { type BigIntStats, promises as fs } from 'node:fs'
import { ChaosError } from '@chaos-lite/shared'
import type { Metadata, Stamp } from '../../host.ts'
import { must } from '../must.ts'
import { run } from '../run.ts'
import { tool } from '../tools.ts'
import { asChaosError, codeOf } from './durable.ts'

const toolTimeoutMs = 10_000

/** Reads everything that a file or folder must have again afterwards. Does not follow links. */
export async function readMetadata(path: string): Promise<Metadata> {
  const stat = await fs.lstat(path, { bigint: true }).catch((error: unknown) => {
    throw asChaosError(error, `${path} cannot be read`)
  })
  const kind = kindOf(stat)
  const real = kind === 'file' || kind === 'folder'
  const [acl, attributes, flags] = await Promise.all([
    real ? readAcl(path) : null,
    real ? readAttributes(path) : null,
    real ? readFlags(path, kind) : null,
  ])
  const { mode, uid, gid, size } = stat
  const owner = { mode: Number(mode) & 0o7777, uid: Number(uid), gid: Number(gid), sizeBytes: Number(size) }
  return { kind, ...owner, ...stampOf(stat), acl, attributes, flags }
}

/** Times and identity only; null where nothing is. */
export async function readStamp(path: string): Promise<Stamp | null> {
  try {
    return stampOf(await fs.lstat(path, { bigint: true }))
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

function kindOf(stat: BigIntStats): Metadata['kind'] {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  return stat.isSymbolicLink() ? 'link' : 'other'
}

/** Without the `acl` package, `ls` still marks a file that has an ACL with `+`: such a file is refused, not damaged. */
async function readAcl(path: string): Promise<string | null> {
  if (tool('getfacl')) {
    const argv = ['getfacl', '--omit-header', '--absolute-names', '--numeric', '--no-effective', '--', path] as const
    const { stdout } = await must(argv, { timeoutMs: toolTimeoutMs })
    return stdout.trim()
  }
  const { stdout } = await must(['ls', '-ld', '--', path], { timeoutMs: toolTimeoutMs })
  if (stdout[10] !== '+') return null
  const todo = 'install the package "acl"'
  throw new ChaosError('cannot-restore', `${path} has an ACL and this host has no getfacl to read it: ${todo}.`)
}

/** ACLs are left to `getfacl`: the same thing in two places could be restored twice, differently. */
async function readAttributes(path: string): Promise<Record<string, string> | null> {
  if (!tool('getfattr')) return null
  const argv = ['getfattr', '--absolute-names', '--dump', '--match=-', '--encoding=base64', '-h', '--', path] as const
  const { code, stdout } = await run(argv, { timeoutMs: toolTimeoutMs })
  if (code !== 0) return {}
  const attributes: Record<string, string> = {}
  for (const row of stdout.split('\n')) {
    const [, name, value] = /^([^=#]+)=0s(.*)$/.exec(row) ?? /^([^=#]+)()$/.exec(row) ?? []
    if (name && !name.startsWith('system.posix_acl')) attributes[name] = value ?? ''
  }
  return attributes
}

async function readFlags(path: string, kind: Metadata['kind']): Promise<string | null> {
  if (!tool('lsattr')) return null
  const { code, stdout } = await run(['lsattr', ...(kind === 'folder' ? ['-d'] : []), '--', path], {
    timeoutMs: toolTimeoutMs,
  })
  // Many file systems (tmpfs of older kernels, network ones) have no such flags.
  return code === 0 ? (stdout.split(' ')[0] ?? '').replaceAll('-', '') : null
}
