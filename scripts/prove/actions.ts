import type { Proved, Setting } from './proved.ts'
import { etc, type Thing } from './scene.ts'

const NAME = 'erp.example.test'
const hosts = (text: string, more: Partial<Thing> = {}): Setting['things'] => [
  ...etc.filter(({ path }) => path !== '/etc/hosts'),
  { path: '/etc/hosts', text, ...more },
]
const entries = { entries: [{ name: NAME, address: '192.0.2.7' }] }
const LOCAL = '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n'

const hostsOverride: Proved = {
  action: 'hosts.override',
  orders: [],
  policy: { names: ['erp.example.test', 'mes.example.test'], addresses: ['192.0.2.0/24'] },
  settings: [
    { title: 'a plain hosts file', things: hosts(LOCAL), params: entries },
    {
      title: 'lines with the name, which are hidden; an access list; no last newline',
      things: hosts(`${LOCAL}192.0.2.1 ${NAME} erp # main site\n192.0.2.2 mes.example.test`, {
        mode: 0o640,
        acl: 'user:1001:r',
        attributes: { 'user.origin': 'by hand' },
      }),
      params: { entries: [...entries.entries, { name: 'mes.example.test', address: '192.0.2.8' }] },
    },
    {
      title: 'Windows line ends, a byte order mark, another owner',
      things: hosts(`\xEF\xBB\xBF${LOCAL.replaceAll('\n', '\r\n')}`, { owner: 1001, group: 1002, mode: 0o664 }),
      params: entries,
    },
    {
      title: 'the hosts file is a link to a file elsewhere',
      things: [
        ...hosts(LOCAL, { path: '/srv/plans/hosts.shared' }),
        { path: '/etc/hosts', link: '/srv/plans/hosts.shared' },
      ],
      params: entries,
    },
  ],
}

const plans = (more: Partial<Thing>): Setting['things'] => [
  ...etc,
  { path: '/srv/plans', folder: true, mode: 0o750, group: 1002 },
  { path: '/srv/plans/wing.txt', text: 'two\n', mode: 0o640 },
  ...(more.path === undefined ? [] : [more as Thing]),
]

const permissionRevoke: Proved = {
  action: 'permission.revoke',
  orders: [],
  policy: { files: ['/srv/plans/wing.txt'], folders: ['/srv/plans'], accounts: ['anna'], groups: ['planners'] },
  lab: [
    ['install', '--directory', '--mode=0750', '/srv/plans'],
    ['cp', '/etc/services', '/srv/plans/wing.txt'],
    ['setfacl', '--modify', 'user:anna:rwx,default:user:anna:rx', '/srv/plans'],
  ],
  settings: [
    {
      title: 'an account with an entry of its own in the access list of a folder',
      things: plans({}).map((each) =>
        each.path === '/srv/plans' ? { ...each, acl: 'user:1001:rwx,default:user:1001:rx' } : each,
      ),
      params: { path: '/srv/plans', account: 'anna' },
    },
    {
      title: 'a group, on a folder without an access list',
      things: plans({}),
      params: { path: '/srv/plans', group: 'planners' },
    },
    {
      title: 'everybody, on a file with a set-group bit',
      things: plans({ path: '/srv/plans/wing.txt', text: 'two\n', mode: 0o2755, owner: 1001 }).map((each) =>
        each.path === '/srv/plans' ? { ...each, mode: 0o755 } : each,
      ),
      params: { path: '/srv/plans/wing.txt', everyone: true },
    },
  ],
}

const membershipRevoke: Proved = {
  action: 'membership.revoke',
  orders: [],
  policy: { accounts: ['anna'], groups: ['planners'] },
  settings: [
    { title: 'in /etc/group and /etc/gshadow', things: etc, params: { account: 'anna', group: 'planners' } },
    {
      title: 'without /etc/gshadow',
      things: etc.filter(({ path }) => path !== '/etc/gshadow'),
      params: { account: 'anna', group: 'planners' },
    },
  ],
}

const dataQuarantine: Proved = {
  action: 'data.quarantine',
  orders: [],
  policy: { folders: ['/srv/data'] },
  lab: [
    ['install', '--directory', '--mode=2770', '--group=planners', '/srv/data'],
    ['install', '--mode=0640', '--owner=anna', '/etc/services', '/srv/data/order.txt'],
    ['setfacl', '--modify', 'user:anna:rx', '/srv/data'],
  ],
  settings: [
    {
      title: 'a folder with files, links, access lists and attributes',
      things: [
        ...etc,
        { path: '/srv/data', folder: true, mode: 0o2770, group: 1002, acl: 'user:1001:rx' },
        { path: '/srv/data/order.txt', text: 'one\n', owner: 1001, attributes: { 'user.kind': 'order' } },
        { path: '/srv/data/archive', folder: true, mode: 0o700 },
        { path: '/srv/data/archive/old.txt', text: 'zero\n', mode: 0o600 },
        { path: '/srv/data/latest', link: 'order.txt' },
      ],
      params: { folder: '/srv/data' },
    },
    {
      title: 'an empty folder',
      things: [...etc, { path: '/srv/data', folder: true, mode: 0o755 }],
      params: { folder: '/srv/data' },
    },
  ],
}

const serviceStop: Proved = {
  action: 'service.stop',
  policy: { services: ['nginx.service'] },
  lab: [['systemctl', 'enable', '--quiet', '--now', 'nginx.service']],
  services: ['nginx'],
  settings: [{ title: 'a running service', things: etc, params: { service: 'nginx' } }],
}

const networkBlock: Proved = {
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

const dnsBlock: Proved = {
  action: 'dns.block',
  network: true,
  policy: { ports: ['53', '853'] },
  settings: [{ title: 'every name server', things: etc, params: { name: 'localhost' } }],
}

const servers = { servers: ['192.0.2.53'], name: NAME, expectAddress: '192.0.2.7' }

const resolverSwitch: Proved = {
  action: 'resolver.switch',
  orders: [],
  policy: { addresses: ['192.0.2.0/24'] },
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

const accountDisable: Proved = {
  action: 'account.disable',
  orders: [],
  policy: { accounts: ['anna'] },
  settings: [{ title: 'an account with a password', things: etc, params: { account: 'anna' } }],
}

const interfaceDown: Proved = {
  action: 'interface.down',
  network: true,
  // The second interface of a real host would have to outlast its restart.
  only: 'namespace',
  policy: { interfaces: ['lan1'] },
  settings: [
    {
      title: 'one of two interfaces, with the routes that the kernel makes',
      things: etc,
      params: { interface: 'lan1', reaches: { host: '198.51.100.9', port: 9 } },
    },
  ],
}

const diskFill: Proved = {
  action: 'disk.fill',
  orders: [{ path: '/srv/spool', folder: true, mode: 0o1777 }],
  policy: { folders: ['/srv/spool'] },
  disk: '/srv/spool',
  lab: [['install', '--directory', '--mode=1777', '/srv/spool']],
  settings: [{ title: 'a folder', things: etc, params: { folder: '/srv/spool', leavePercent: 25, atMostMiB: 16 } }],
}

const ioLoad: Proved = {
  action: 'io.load',
  only: 'namespace',
  policy: { folders: ['/srv/spool'] },
  disk: '/srv/spool',
  settings: [{ title: 'a folder', things: etc, params: { folder: '/srv/spool', mibPerSecond: 5 } }],
}

const cpuLoad: Proved = {
  action: 'cpu.load',
  only: 'namespace',
  policy: {},
  settings: [{ title: 'one processor', things: etc, params: { percent: 5, cores: 1 } }],
}

const memoryFill: Proved = {
  action: 'memory.fill',
  only: 'namespace',
  policy: {},
  settings: [{ title: '64 MiB', things: etc, params: { leavePercent: 20, atMostMiB: 64 } }],
}

const processStop: Proved = {
  action: 'process.stop',
  only: 'namespace',
  policy: { processes: ['erp-worker'] },
  programs: ['erp-worker'],
  settings: [{ title: 'two processes of one name', things: etc, params: { name: 'erp-worker' } }],
}

const timesyncStop: Proved = {
  action: 'timesync.stop',
  only: 'namespace',
  policy: {},
  services: ['chrony'],
  settings: [{ title: 'a running time service', things: etc, params: {} }],
}

/** Every action that is proved, in the order of the menu. */
export const proved: readonly Proved[] = [
  hostsOverride,
  serviceStop,
  permissionRevoke,
  membershipRevoke,
  accountDisable,
  dataQuarantine,
  networkBlock,
  dnsBlock,
  resolverSwitch,
  interfaceDown,
  diskFill,
  ioLoad,
  cpuLoad,
  memoryFill,
  processStop,
  timesyncStop,
]

/** The entry of an action. @throws Error when it has none */
export function provedNamed(action: string): Proved {
  const found = proved.find((one) => one.action === action)
  if (found) return found
  throw new Error(`There is no proof of "${action}". There is one of: ${proved.map((one) => one.action).join(', ')}.`)
}
