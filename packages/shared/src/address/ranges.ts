import ipaddr from 'ipaddr.js'
import { type Address, asWritten } from './address.ts'

/** A block of addresses, as `192.0.2.0/24` means it: every address whose first `prefix` bits are those of `lowest`. */
export interface Range {
  readonly family: 4 | 6
  readonly lowest: Address
  readonly prefix: number
}

const bitsOf = { 4: 32, 6: 128 } as const
/** Of the addresses of IPv6 that stand for one of IPv4 (`::ffff:0:0/96`). */
const MAPPED_PREFIX = 96

/**
 * Reads an address or a range in CIDR form. Bits behind the prefix are dropped, and an IPv4 address in the form of IPv6
 * (`::ffff:192.0.2.1`) is the IPv4 address it means. Null for anything else.
 */
export function rangeOf(text: string): Range | null {
  const [written = '', length, ...rest] = text.split('/')
  const address = asWritten(written)
  if (rest.length > 0 || address === null) return null
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return null
  const most = bitsOf[familyOf(address)]
  const prefix = length === undefined ? most : Number(length)
  if (prefix > most) return null
  const isMapped = address instanceof ipaddr.IPv6 && prefix >= MAPPED_PREFIX && address.isIPv4MappedAddress()
  return isMapped ? range(address.toIPv4Address(), prefix - MAPPED_PREFIX) : range(address, prefix)
}

/** The one way to write a range (RFC 5952); a single address stands without a prefix. */
export function textOf({ family, lowest, prefix }: Range): string {
  return prefix === bitsOf[family] ? lowest.toString() : `${lowest}/${prefix}`
}

/** Does `outer` hold every address of `inner`? */
export function covers(outer: Range, inner: Range): boolean {
  if (outer.family !== inner.family || outer.prefix > inner.prefix) return false
  return inner.lowest.match(outer.lowest, outer.prefix)
}

/** The same addresses without repetition, in order: what lies in another range is left out. */
export function simplified(ranges: readonly Range[]): readonly Range[] {
  const largestFirst = [...ranges].sort((a, b) => a.prefix - b.prefix)
  const left: Range[] = []
  for (const each of largestFirst) if (!left.some((other) => covers(other, each))) left.push(each)
  return left.sort((a, b) => a.family - b.family || order(a.lowest.toByteArray(), b.lowest.toByteArray()))
}

function familyOf(address: Address): 4 | 6 {
  return address.kind() === 'ipv4' ? 4 : 6
}

function range(address: Address, prefix: number): Range {
  const block = `${address}/${prefix}`
  const family = familyOf(address)
  const lowest = (family === 4 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(block)
  return { family, lowest, prefix }
}

function order(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((byte, index) => byte !== other[index])
  return (one[at] ?? 0) - (other[at] ?? 0)
}
