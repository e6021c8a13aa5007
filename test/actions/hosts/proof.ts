import { lineIn } from '../../../scripts/prove/people.ts'
import type { Proved, Setting } from '../../../scripts/prove/proved.ts'
import { etc, type Thing } from '../../../scripts/prove/scene.ts'
import { hostsShapes } from '../../../scripts/prove/shapes/files.ts'

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

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [hostsOverride]
