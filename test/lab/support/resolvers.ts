import type { LabHost } from '../../../scripts/lab/index.ts'

/** The program that decides which name servers a host asks; each host needs the lab's more packages. */
export type Manager = 'systemd-resolved' | 'NetworkManager'

const STUB = '/run/systemd/resolve/stub-resolv.conf'

/** As Ubuntu servers have it: the network's settings name the server, and programs ask the stub. */
export async function askByResolved(host: LabHost, server: LabHost, name: string): Promise<void> {
  const network = '/etc/systemd/network/10-lab.network'
  await host.writeFile(network, `${await host.readFile(network)}DNS=${server.address}\nDomains=office.test\n`)
  await host.exec(['networkctl', 'reload'])
  await host.exec(['networkctl', 'reconfigure', 'host0'])
  await host.enable('systemd-resolved')
  await host.enter(['ln', '--symbolic', '--force', `..${STUB}`, '/etc/resolv.conf'])
  await host.waitUntil(['getent', 'ahostsv4', name])
}

/** As desktops have it: a connection with a server of its own, and a resolv.conf that is written by it. */
export async function askByNetworkManager(host: LabHost, server: LabHost, name: string): Promise<void> {
  const gateway = host.address.replace(/\d+$/, '1')
  const connection = [
    ...['[connection]', 'id=office', 'type=ethernet', 'interface-name=host0'],
    ...['[ipv4]', 'method=manual', `address1=${host.address}/24,${gateway}`, `dns=${server.address};`],
    ...['dns-search=office.test;', '[ipv6]', 'method=disabled', ''],
  ].join('\n')
  await host.writeFile('/etc/NetworkManager/system-connections/office.nmconnection', connection, 0o600)
  // Otherwise it hands its servers to systemd-resolved's stand-in, which nothing runs behind here.
  await host.enter(['rm', '--force', '/usr/sbin/resolvconf'])
  await host.exec(['systemctl', 'disable', '--quiet', '--now', 'systemd-networkd.socket', 'systemd-networkd'])
  await host.enable('NetworkManager')
  await host.reboot() // what came up with the other one is gone only then
  await host.waitUntil(['getent', 'ahostsv4', name])
}

/** What somebody else does to the name servers of a host in the middle of a failure, and what undoes it. */
export const meddling: Readonly<Record<Manager, { readonly set: string; readonly unset: string }>> = {
  'systemd-resolved': { set: 'resolvectl dns host0 10.9.9.9', unset: 'resolvectl revert host0' },
  NetworkManager: { set: 'nmcli device modify host0 ipv4.dns 10.9.9.9', unset: 'nmcli device reapply host0' },
}
