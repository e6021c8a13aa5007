import { ChaosError } from '@chaos-lite/shared'
import { generatedSign } from '../hosts/generated.ts'

/** Where programs keep the file that they write again and again, and how their settings are changed instead. */
const writers: readonly { readonly folder: string; readonly name: string }[] = [
  { folder: '/run/systemd/resolve/', name: 'systemd-resolved' },
  { folder: '/usr/lib/systemd/', name: 'systemd-resolved' },
  { folder: '/run/NetworkManager/', name: 'NetworkManager' },
  { folder: '/var/run/NetworkManager/', name: 'NetworkManager' },
  { folder: '/run/resolvconf/', name: 'resolvconf' },
  { folder: '/etc/resolvconf/run/', name: 'resolvconf' },
  { folder: '/run/connman/', name: 'ConnMan' },
  { folder: '/run/netconfig/', name: 'netconfig' },
  { folder: '/mnt/wsl/', name: 'Windows' },
]

/** A change of a file that another program writes would be lost at once, and could not be told from its work. */
export function refuseOthersFile(path: string, bytes: Uint8Array): void {
  const writer = writers.find(({ folder }) => path.startsWith(folder))
  const sign = writer === undefined ? generatedSign(bytes) : null
  if (writer === undefined && sign === null) return
  const who = writer?.name ?? `another program ("${sign?.slice(0, 120)}")`
  const why = `${path} is written by ${who}: a change would not last, and could not be put back with certainty`
  throw new ChaosError('cannot-restore', `${why}. Use dns.block on this host instead. Nothing was touched.`)
}
