import { isIP } from 'node:net'

/**
 * The network that counts as one asker. Whoever has one address of IPv6 has all of its /64 (RFC 4291, 2.5.4). What is no
 * address (a proxy may pass on anything) counts as one network, `unknown`.
 */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/, '')
  const version = isIP(bare)
  if (version === 0) return 'unknown'
  if (version === 4) return bare
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)
  if (mapped?.[1] !== undefined) return mapped[1]
  // The URL parser knows every spelling, and answers with hexadecimal groups and at most one `::`.
  const [head = '', tail] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::')
  const front = head.split(':').filter(Boolean)
  const back = (tail ?? '').split(':').filter(Boolean)
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0')
  return `${[...front, ...zeros, ...back].slice(0, 4).join(':')}::/64`
}
