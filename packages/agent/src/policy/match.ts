import { BlockList, isIP } from 'node:net'
import { canonicalAddress } from '../probes/params.ts'

/** Does a name fit an entry where `*` stands for any characters? Linear in time, whatever the entry. */
export function fitsGlob(entry: string, name: string): boolean {
  const parts = entry.split('*')
  const first = parts[0] ?? ''
  if (parts.length === 1) return entry === name
  const last = parts.at(-1) ?? ''
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let at = first.length
  const end = name.length - last.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

const UNIT = /\.(?:service|socket|timer|target|mount|automount|swap|path|slice|scope|device)$/

/** `nginx` and `nginx.service` are one unit. */
export function unitName(service: string): string {
  return UNIT.test(service) ? service : `${service}.service`
}

/** Host names compare without case and without the closing dot. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}

/** Is an address one of these addresses or inside one of these ranges? */
export function isInRanges(ranges: readonly string[], address: string): boolean {
  const plain = canonicalAddress(address)
  const family = isIP(plain)
  if (family === 0) return false
  return ranges.some((range) => {
    const [base = '', prefix] = range.split('/')
    const of = isIP(base)
    if (of === 0) return false
    if (prefix === undefined) return canonicalAddress(base) === plain
    const block = new BlockList()
    block.addSubnet(base, Number(prefix), of === 4 ? 'ipv4' : 'ipv6')
    return of === family && block.check(plain, family === 4 ? 'ipv4' : 'ipv6')
  })
}
