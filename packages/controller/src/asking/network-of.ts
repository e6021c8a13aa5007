import { addressOf } from '@chaos-lite/shared/address'

/**
 * The network that counts as one asker. Whoever has one address of IPv6 has all of its /64 (RFC 4291, 2.5.4). An IPv4
 * address in the form of IPv6 is the IPv4 address. What is no address (a proxy may pass on anything) counts as one
 * network, `unknown`.
 */
export function networkOf(address: string): string {
  const found = addressOf(address.replace(/%.*$/, ''))
  if (found === null) return 'unknown'
  if (!('parts' in found)) return found.toString()
  const groups = found.parts.slice(0, 4).map((group) => group.toString(16))
  return `${groups.join(':')}::/64`
}
