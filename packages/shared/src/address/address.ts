import ipaddr from 'ipaddr.js'

/** An address of IPv4 or IPv6, without a zone. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6

/**
 * Reads an address. An IPv4 address in the form of IPv6 (`::ffff:192.0.2.1`, RFC 4291, 2.5.5.2) is the IPv4 address
 * that it stands for. Null for anything else, an address with a zone (`fe80::1%eth0`) included.
 */
export function addressOf(text: string): Address | null {
  const address = asWritten(text)
  return address === null ? null : plain(address)
}

/** Does this name or address mean this machine itself: `localhost`, 127.0.0.0/8, `::1`? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || asWritten(host)?.range() === 'loopback'
}

/** The address that 4 or 16 bytes are, read like `addressOf`. @throws Error for another number of bytes */
export function addressOfBytes(bytes: readonly number[]): Address {
  return plain(ipaddr.fromByteArray([...bytes]))
}

/** The address as it is written; a mapped one stays one of IPv6. */
export function asWritten(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  const hexadecimal = withoutDots(text)
  if (hexadecimal?.includes('%') !== false || !ipaddr.IPv6.isValid(hexadecimal)) return null
  return ipaddr.IPv6.parse(hexadecimal)
}

function plain(address: Address): Address {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

/**
 * An address of IPv6 whose last 32 bits are written like IPv4, in groups only; null if those are no IPv4 address. The
 * library accepts octal and hexadecimal numbers there, and takes `::192.0.2.1` for `::ffff:192.0.2.1`; the system does
 * neither.
 */
function withoutDots(text: string): string | null {
  const [, head = '', tail] = /^(.*:)([^:]*\.[^:]*)$/s.exec(text) ?? []
  if (tail === undefined) return text
  if (!ipaddr.IPv4.isValidFourPartDecimal(tail)) return null
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(tail).octets
  return `${head}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}
