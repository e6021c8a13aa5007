import type { Compared } from '@chaos-lite/shared'
import type { Metadata } from '../image.ts'
import { digestOf } from './digest.ts'

/** Whatever a person or a tool may set on a file, besides its bytes and times. */
export function sameAttributes(a: Metadata, b: Metadata): boolean {
  return compareAttributes('', a, b).every((item) => item.same)
}

/** Type, mode, owner, ACL, attributes and flags, item by item. */
export function compareAttributes(path: string, before: Metadata, now: Metadata): readonly Compared[] {
  return [
    item(`${path} type`, before.kind, now.kind),
    item(`${path} mode`, octal(before.mode), octal(now.mode)),
    item(`${path} owner`, `${before.uid}:${before.gid}`, `${now.uid}:${now.gid}`),
    item(`${path} ACL`, oneLine(before.acl), oneLine(now.acl)),
    item(`${path} extended attributes`, attributesText(before.attributes), attributesText(now.attributes)),
    item(`${path} flags`, before.flags ?? 'not readable here', now.flags ?? 'not readable here'),
  ]
}

/** As `compareAttributes`, and the modification time. */
export function compareMetadata(path: string, before: Metadata, now: Metadata): readonly Compared[] {
  return [...compareAttributes(path, before, now), item(`${path} modification time (ns)`, before.mtimeNs, now.mtimeNs)]
}

/** One line of a comparison, made printable: names and contents of files may hold anything. */
export function item(name: string, before: string, now: string): Compared {
  return { item: printable(name), before: printable(before), now: printable(now), same: before === now }
}

/** Names of files may hold anything; a record holds one printable line. Long values keep their digest. */
export function printable(text: string): string {
  const clean = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')
  return clean.length <= 500 ? clean : `${clean.slice(0, 420)}… ${digestOf(Buffer.from(text))}`.slice(0, 511)
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

function oneLine(acl: string | null): string {
  return acl === null ? 'none readable here' : acl.split('\n').join(',')
}

function attributesText(attributes: Metadata['attributes']): string {
  if (!attributes) return 'not readable here'
  const pairs = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))
  return pairs.length === 0 ? 'none' : pairs.map(([name, value]) => `${name}=${value}`).join(',')
}
