import { isIP } from 'node:net'

/** A block of addresses, as `192.0.2.0/24` means it: every address whose first `prefix` bits are those of `base`. */
export interface Range {
  readonly family: 4 | 6
  /** The lowest address of the block, as a number. */
  readonly base: bigint
  readonly prefix: number
}

const bitsOf = { 4: 32, 6: 128 } as const

/**
 * Reads an address or a range in CIDR form. Bits behind the prefix are dropped, and an IPv4 address dressed as IPv6
 * (`::ffff:192.0.2.1`) is the IPv4 address it means. Null for anything else.
 */
export function rangeOf(text: string): Range | null {
  const [address = '', length, ...rest] = text.split('/')
  const family = isIP(address)
  if (rest.length > 0 || (family !== 4 && family !== 6) || address.includes('%')) return null
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return null
  const prefix = length === undefined ? bitsOf[family] : Number(length)
  if (prefix > bitsOf[family]) return null
  const value = family === 4 ? number4(address) : number6(address)
  const isMapped = family === 6 && prefix >= 96 && value >> 32n === 0xffffn
  if (isMapped) return range(4, value & 0xffff_ffffn, prefix - 96)
  return range(family, value, prefix)
}

/** The one way to write a range; a single address stands without a prefix. */
export function textOf({ family, base, prefix }: Range): string {
  const address = family === 4 ? text4(base) : text6(base)
  return prefix === bitsOf[family] ? address : `${address}/${prefix}`
}

/** Does `outer` hold every address of `inner`? */
export function covers(outer: Range, inner: Range): boolean {
  if (outer.family !== inner.family || outer.prefix > inner.prefix) return false
  return range(outer.family, inner.base, outer.prefix).base === outer.base
}

/** The same addresses without repetition, in order: what lies in another range is left out. */
export function simplified(ranges: readonly Range[]): readonly Range[] {
  const largestFirst = [...ranges].sort((a, b) => a.prefix - b.prefix)
  const left: Range[] = []
  for (const each of largestFirst) if (!left.some((other) => covers(other, each))) left.push(each)
  return left.sort((a, b) => a.family - b.family || (a.base < b.base ? -1 : 1))
}

function range(family: 4 | 6, value: bigint, prefix: number): Range {
  const free = BigInt(bitsOf[family] - prefix)
  return { family, base: (value >> free) << free, prefix }
}

function number4(address: string): bigint {
  return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
}

/** The URL parser knows every spelling of IPv6, and answers with eight groups of hexadecimal digits or `::`. */
function number6(address: string): bigint {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const front = head.split(':').filter(Boolean)
  const back = (tail ?? '').split(':').filter(Boolean)
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0')
  return [...front, ...zeros, ...back].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

function text4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.')
}

function text6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
