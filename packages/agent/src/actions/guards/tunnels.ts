import { covers, rangeOf } from '@chaos-lite/shared/address'
import type { FilterTable, Host } from '../../host/index.ts'
import { refusal } from '../../protected/index.ts'
import { surroundingsOf } from './surroundings.ts'

/** Ranges larger than these may hold the far end of a tunnel, where nobody can say which address it has. */
const narrow = { 4: 24, 6: 64 } as const

/**
 * A person may work on this host through a tunnel (a VPN): what carries the tunnel must then not be stopped. Where its
 * far end is known that is looked for, otherwise no large range may be blocked.
 * @throws ChaosError `policy-refused`
 */
export async function refuseToCutTunnels(
  host: Host,
  { addresses, except, ports, protocols }: Pick<FilterTable, 'addresses' | 'except' | 'ports' | 'protocols'>,
): Promise<void> {
  // What stops some TCP ports only leaves every usual tunnel alone.
  if (ports.length > 0 && !protocols.includes('udp')) return
  const { sessions } = await surroundingsOf(host)
  if (sessions.length === 0) return
  const tunnels = (await host.network.list()).filter(({ tunnel }) => tunnel === true)
  for (const { who, rule, socket } of sessions) {
    const way = await host.network.wayTo(socket.remote.address)
    const tunnel = tunnels.find(({ name, bare }) => name === way || bare.includes(socket.local.address))
    if (tunnel === undefined) continue
    const ends = await host.guards.tunnelEnds(tunnel.name)
    const met =
      ends === null ? addresses.find(isLarge) : ends.find((end) => isStopped(end, addresses) && !isStopped(end, except))
    if (met === undefined) continue
    const why = ends === null ? `${met} may hold the far end of that tunnel` : `${met} is the far end of that tunnel`
    const said = `Somebody at ${socket.remote.address} works on this host through ${tunnel.name} (${who}), and ${why}.`
    throw refusal(rule, said)
  }
}

function isLarge(text: string): boolean {
  const range = rangeOf(text)
  if (range === null) return true
  const [, bits] = text.split('/')
  return bits !== undefined && Number(bits) < (text.includes(':') ? narrow[6] : narrow[4])
}

function isStopped(address: string, ranges: readonly string[]): boolean {
  const wanted = rangeOf(address)
  return (
    wanted !== null &&
    ranges.some((text) => {
      const range = rangeOf(text)
      return range !== null && covers(range, wanted)
    })
  )
}
