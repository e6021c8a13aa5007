import { ChaosError } from '@chaos-lite/shared'
import type { NameServerManager } from '../../host/name-servers.ts'
import { generatedSign } from '../hosts/generated.ts'

/** Who writes `/etc/resolv.conf`: a person, or a program whose settings decide. */
export type Owner = 'person' | NameServerManager

/** Where programs keep the file that they write again and again. */
const writers: readonly { readonly place: RegExp; readonly name: string; readonly owner?: NameServerManager }[] = [
  {
    place: /^\/run\/systemd\/resolve\/stub-resolv\.conf$|^(?:\/usr)?\/lib\/systemd\/resolv\.conf$/,
    name: 'systemd-resolved',
    owner: 'systemd-resolved',
  },
  { place: /^(?:\/var)?\/run\/NetworkManager\//, name: 'NetworkManager', owner: 'NetworkManager' },
  {
    place: /^\/run\/systemd\/resolve\//,
    // All servers stand in it, those of every connection behind the new ones.
    name: 'systemd-resolved, and read by each program itself, which asks the next server where one is silent',
  },
  { place: /^\/run\/resolvconf\/|^\/etc\/resolvconf\/run\//, name: 'resolvconf' },
  { place: /^\/run\/connman\//, name: 'ConnMan' },
  { place: /^\/run\/netconfig\//, name: 'netconfig' },
  { place: /^\/mnt\/wsl\//, name: 'Windows' },
]

/**
 * Who decides which name servers the host asks. `path` is where `/etc/resolv.conf` leads to.
 * @throws ChaosError where a program writes it whose settings cannot be changed and put back
 */
export function ownerOf(path: string, bytes: Uint8Array): Owner {
  const writer = writers.find(({ place }) => place.test(path))
  if (writer?.owner !== undefined) return writer.owner
  const sign = writer === undefined ? generatedSign(bytes) : null
  if (sign !== null && /\bNetworkManager\b/i.test(sign)) return 'NetworkManager'
  if (writer === undefined && sign === null) return 'person'
  const who = writer?.name ?? `another program ("${sign?.slice(0, 120)}")`
  const why = `${path} is written by ${who}: a change would not last, and could not be put back with certainty`
  throw new ChaosError('cannot-restore', `${why}. Use dns.block on this host instead. Nothing was touched.`)
}
