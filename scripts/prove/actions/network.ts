import type { Proved } from '../proved.ts'
import { etc } from '../scene.ts'

export const networkBlock: Proved = {
  action: 'network.block',
  network: true,
  policy: { addresses: ['198.51.100.7'], ports: ['9'] },
  settings: [
    {
      title: 'one port of one address, both ways',
      things: etc,
      params: { addresses: ['198.51.100.7'], ports: [9], direction: 'both' },
    },
  ],
}

export const dnsBlock: Proved = {
  action: 'dns.block',
  network: true,
  policy: { ports: ['53', '853'], probeHosts: ['localhost'] },
  settings: [{ title: 'every name server', things: etc, params: { name: 'localhost' } }],
}

const servers = { servers: ['192.0.2.53'], name: 'erp.example.test', expectAddress: '192.0.2.7' }

export const resolverSwitch: Proved = {
  action: 'resolver.switch',
  orders: [],
  policy: { addresses: ['192.0.2.0/24'], probeHosts: ['erp.example.test'] },
  settings: [
    {
      title: 'a plain resolv.conf, with an access list',
      things: [
        ...etc,
        { path: '/etc/resolv.conf', text: 'search example.test\nnameserver 10.0.0.53\n', acl: 'user:1001:r' },
      ],
      params: servers,
    },
    {
      title: 'resolv.conf is a link to a file elsewhere, without a last newline',
      things: [
        ...etc,
        { path: '/srv/plans/resolv.shared', text: 'nameserver 10.0.0.53\noptions edns0' },
        { path: '/etc/resolv.conf', link: '/srv/plans/resolv.shared' },
      ],
      params: servers,
    },
  ],
}

export const interfaceDown: Proved = {
  action: 'interface.down',
  network: true,
  // The second interface of a real host would have to outlast its restart.
  only: 'namespace',
  policy: { interfaces: ['lan1'], probeHosts: ['198.51.100.9'] },
  settings: [
    {
      title: 'one of two interfaces, with the routes that the kernel makes',
      things: etc,
      params: { interface: 'lan1', reaches: { host: '198.51.100.9', port: 9 } },
    },
  ],
}
