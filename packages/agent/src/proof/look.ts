import { hash } from 'node:crypto'
import { dirname } from 'node:path'
import type { Host } from '../host/index.ts'

/** Everything that is compared, as text: what it is, and what it was found to be. */
export type Look = Readonly<Record<string, string>>

const MAX_BYTES = 5 * 1024 * 1024

/** What the hosts file and its folder are now. A person can look at the same with sha256sum, stat, getfacl and ls. */
export async function lookAt({ files, resolver }: Pick<Host, 'files' | 'resolver'>): Promise<Look> {
  const path = await files.resolve(resolver.hostsFile)
  const folder = dirname(path)
  const [bytes, about, names, above] = await Promise.all([
    files.read(path, MAX_BYTES),
    files.metadata(path),
    files.list(folder),
    files.stamp(folder),
  ])
  return {
    [`${path}: SHA-256`]: digest(bytes),
    [`${path}: file number (inode)`]: about.inode,
    [`${path}: mode`]: about.mode.toString(8).padStart(4, '0'),
    [`${path}: owner and group`]: `${about.uid}:${about.gid}`,
    [`${path}: access list`]: about.acl?.split('\n').join(',') ?? 'not readable here',
    [`${path}: extended attributes`]: JSON.stringify(about.attributes),
    [`${path}: modified (ns)`]: about.mtimeNs,
    [`${path}: hard links`]: String(about.links),
    [`${folder}: names in it`]: `${names.length}, SHA-256 ${digest(Buffer.from(names.join('\n')))}`,
    [`${folder}: modified (ns)`]: above?.mtimeNs ?? 'missing',
  }
}

/** One line for each difference. */
export function differences(before: Look, now: Look): string[] {
  const items = new Set([...Object.keys(before), ...Object.keys(now)])
  return [...items]
    .filter((item) => before[item] !== now[item])
    .map((item) => `${item} was ${before[item] ?? 'absent'}, is ${now[item] ?? 'absent'}`)
}

function digest(bytes: Uint8Array): string {
  return hash('sha256', bytes)
}
