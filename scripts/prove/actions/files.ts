import { lineIn, noteIn } from '../people.ts'
import type { Proved, Setting } from '../proved.ts'
import { etc, type Thing } from '../scene.ts'
import { fillShapes, hostsShapes, permissionShapes, quarantineShapes } from '../shapes/files.ts'

const NAME = 'erp.example.test'
const hosts = (text: string, more: Partial<Thing> = {}): Setting['things'] => [
  ...etc.filter(({ path }) => path !== '/etc/hosts'),
  { path: '/etc/hosts', text, ...more },
]
const entries = { entries: [{ name: NAME, address: '192.0.2.7' }] }
const LOCAL = '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n'

export const hostsOverride: Proved = {
  action: 'hosts.override',
  orders: [],
  people: [lineIn('/etc/hosts', '192.0.2.99 theirs.example.test', '/srv/plans/hosts.shared')],
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
    ...hostsShapes,
  ],
}

const plans = (more: Partial<Thing>): Setting['things'] => [
  ...etc,
  { path: '/srv/plans', folder: true, mode: 0o750, group: 1002 },
  { path: '/srv/plans/wing.txt', text: 'two\n', mode: 0o640 },
  ...(more.path === undefined ? [] : [more as Thing]),
]

export const permissionRevoke: Proved = {
  action: 'permission.revoke',
  orders: [],
  people: [noteIn('/srv/plans', '/srv/origin')],
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
    ...permissionShapes,
  ],
}

export const dataQuarantine: Proved = {
  action: 'data.quarantine',
  orders: [],
  people: [
    {
      title: 'makes a folder of the same name, with a file',
      does: 'mkdir /srv/data; echo theirs > /srv/data/note-of-a-person.txt',
      still: "find /srv -name note-of-a-person.txt -exec grep --quiet theirs '{}' + -printf found | grep --quiet found",
      differs: [/^files \/srv\/data\.[^/]*kept[^:]*: appeared/, /^files \/srv: mtime/],
      sameThing: true,
    },
  ],
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
    ...quarantineShapes,
  ],
}

export const diskFill: Proved = {
  action: 'disk.fill',
  orders: [{ path: '/srv/spool', folder: true, mode: 0o1777 }],
  policy: { folders: ['/srv/spool', '/srv/bound'] },
  disk: '/srv/spool',
  people: [noteIn('/srv/spool')],
  lab: [['install', '--directory', '--mode=1777', '/srv/spool']],
  settings: [
    { title: 'a folder', things: etc, params: { folder: '/srv/spool', leavePercent: 25, atMostMiB: 16 } },
    ...fillShapes,
  ],
}
