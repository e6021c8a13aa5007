import type { X509Certificate } from 'node:crypto'
import { ChaosError } from '@chaos-lite/shared'
import type { Host, UnitState } from '../../host/index.ts'
import { HostName } from '../params.ts'
import type { SeenAt } from './certificate-undo.ts'
import { fingerprintOf } from './pair.ts'
import { presentedAt } from './presented.ts'

/** A service that listens on more ports is asked at the first ones. */
const mostPorts = 16

/**
 * Where a client of this host gets this certificate from the service; null where the service does not begin its
 * connections with TLS. Loopback, because a service that listens everywhere listens there as well.
 * @throws ChaosError `wrong-state` where the service presents another certificate for the same subject
 */
export async function seenAt(
  { processes }: Host,
  { name, mainPid }: UnitState,
  { certificate, path }: { readonly certificate: X509Certificate; readonly path: string },
  signal: AbortSignal,
): Promise<SeenAt | null> {
  const sockets = mainPid === 0 ? [] : await processes.listening(mainPid)
  const any: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
  const serverName = serverNameOf(certificate)
  const places = sockets
    .map(({ address, port }) => ({ host: any[address] ?? address, port, serverName }))
    .toSorted(byPlace)
    .slice(0, mostPorts)
  const shown = await Promise.all(places.map((place) => presentedAt(place, signal)))
  const first = places.find((_, index) => isSame(shown[index], certificate))
  if (first !== undefined) return first
  const stale = places.find((_, index) => shown[index]?.subject === certificate.subject)
  if (stale === undefined) return null
  throw new ChaosError(
    'wrong-state',
    `${name} presents another certificate for the same subject on port ${stale.port} than ${path} holds: reload it first, or name the file that it reads.`,
  )
}

/** In the same order whenever they are asked for, because the plan names the first: IPv4, then the lowest port. */
function byPlace(a: SeenAt, b: SeenAt): number {
  const isV6 = ({ host }: SeenAt) => Number(host.includes(':'))
  return isV6(a) - isV6(b) || a.port - b.port || (a.host < b.host ? -1 : 1)
}

function isSame(shown: X509Certificate | null | undefined, certificate: X509Certificate): boolean {
  return shown !== null && shown !== undefined && fingerprintOf(shown) === fingerprintOf(certificate)
}

/** A name that a client may ask for; of a wildcard one that it covers. */
function serverNameOf({ subjectAltName = '' }: X509Certificate): string | null {
  const names = [...subjectAltName.matchAll(/DNS:([^\s,]+)/g)].map(([, name = '']) => name.replace(/^\*\./, 'www.'))
  return names.find((name) => HostName.safeParse(name).success) ?? null
}
