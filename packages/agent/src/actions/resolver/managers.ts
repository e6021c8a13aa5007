import type { NameServerManager } from '../../host/index.ts'

/**
 * How a program is given other name servers by a settings file of its own. Sources: resolved.conf(5),
 * NetworkManager.conf(5).
 */
export interface ManagerSettings {
  /** Emptied by each boot. Files in it are read in the order of their names. */
  readonly folder: string
  readonly parent: string
  /** The file's lines, without our mark. `searches` are the domains that short names are completed with now. */
  lines(servers: readonly string[], searches: readonly string[]): readonly string[]
  readonly unit: string
  /** How it reads its settings again, for the plan and for a person's hand. */
  readonly reading: string
  readonly command: string
  /** What a person asks to see the name servers. */
  readonly look: string
  /** What becomes of `/etc/resolv.conf`. */
  readonly resolvConf: string
}

/** How each manager takes other servers (resolved.conf(5), NetworkManager.conf(5)). */
export const managerSettings: Readonly<Record<NameServerManager, ManagerSettings>> = {
  'systemd-resolved': {
    folder: '/run/systemd/resolved.conf.d',
    parent: '/run/systemd',
    // An empty value forgets the servers of other files; `~.` puts these above the servers of each connection.
    lines: (servers) => ['[Resolve]', 'DNS=', `DNS=${servers.join(' ')}`, 'Domains=~.'],
    unit: 'systemd-resolved.service',
    reading: 'is restarted, which takes a moment',
    command: 'systemctl restart systemd-resolved',
    look: 'resolvectl status',
    resolvConf: '/etc/resolv.conf is not touched.',
  },
  NetworkManager: {
    folder: '/run/NetworkManager/conf.d',
    parent: '/run/NetworkManager',
    // Servers for the whole host stand in the place of those of each connection, and so do search domains.
    lines: (servers, searches) => [
      ...(searches.length === 0 ? [] : ['[global-dns]', `searches=${searches.join(',')}`]),
      '[global-dns-domain-*]',
      `servers=${servers.join(',')}`,
    ],
    unit: 'NetworkManager.service',
    reading: 'reads its settings again; no connection is cut',
    command: 'nmcli general reload conf',
    look: 'nmcli device show',
    resolvConf: 'NetworkManager writes /etc/resolv.conf anew by it.',
  },
}
