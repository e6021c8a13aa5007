import { lineIn, type Person } from '../people.ts'
import type { Proved } from '../proved.ts'
import { etc } from '../scene.ts'
import { ownFirewall } from '../shapes/others.ts'

const OWN_TABLE: Person = {
  title: 'adds a firewall table of their own',
  untilRestart: true,
  does: 'nft add table inet person; nft add chain inet person input',
  still: 'nft list chain inet person input; ! nft list ruleset | grep --quiet chaos',
  differs: [/^network ruleset: is /, /^firewall (table|chain) inet person/],
}

export const networkBlock: Proved = {
  action: 'network.block',
  network: true,
  people: [OWN_TABLE],
  policy: { addresses: ['198.51.100.7'], ports: ['9'] },
  settings: [
    {
      title: 'one port of one address, both ways',
      things: etc,
      params: { addresses: ['198.51.100.7'], ports: [9], direction: 'both' },
    },
    ownFirewall({ addresses: ['198.51.100.7'], ports: [9], direction: 'both' }),
  ],
}

export const dnsBlock: Proved = {
  action: 'dns.block',
  network: true,
  people: [OWN_TABLE],
  policy: { ports: ['53', '853'], probeHosts: ['localhost'] },
  settings: [
    { title: 'every name server', things: etc, params: { name: 'localhost' } },
    ownFirewall({ name: 'localhost' }),
  ],
}

// Name servers that refuse at once: a silent one would keep the only thread that the agent has here.
const servers = { servers: ['127.0.0.2'], name: 'erp.example.test', expectAddress: '192.0.2.7' }

export const resolverSwitch: Proved = {
  action: 'resolver.switch',
  orders: [],
  people: [lineIn('/etc/resolv.conf', 'options timeout:3', '/srv/plans/resolv.shared')],
  policy: { addresses: ['127.0.0.0/8', '192.0.2.0/24'], probeHosts: ['erp.example.test'] },
  settings: [
    {
      title: 'a plain resolv.conf, with an access list',
      things: [
        ...etc,
        { path: '/etc/resolv.conf', text: 'search example.test\nnameserver 127.0.0.1\n', acl: 'user:1001:r' },
      ],
      params: servers,
    },
    {
      title: 'resolv.conf is a link to a file elsewhere, without a last newline',
      things: [
        ...etc,
        { path: '/srv/plans/resolv.shared', text: 'nameserver 127.0.0.1\noptions edns0' },
        { path: '/etc/resolv.conf', link: '/srv/plans/resolv.shared' },
      ],
      params: servers,
    },
  ],
}

export const interfaceDown: Proved = {
  action: 'interface.down',
  network: true,
  people: [
    OWN_TABLE,
    {
      title: 'adds an address to the other interface',
      untilRestart: true,
      does: 'ip address add 192.0.2.6/24 dev lan0',
      still: 'ip address show dev lan0 | grep --quiet 192.0.2.6/24',
      differs: [/^network link lan0: addresses /, /^network route .*192\.0\.2\.6\b.*: appeared/],
    },
    {
      title: 'adds an address to the interface that is down',
      untilRestart: true,
      does: 'ip address add 203.0.113.6/24 dev lan1',
      still: 'ip address show dev lan1 | grep --quiet 203.0.113.6/24',
      differs: [/^network link lan1: addresses /, /^network route .*203\.0\.113\..*: appeared/],
      sameThing: true,
    },
  ],
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
