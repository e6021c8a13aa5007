import { lineIn } from '../../../scripts/prove/people.ts'
import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'

// Name servers that refuse at once: a silent one would keep the only thread that the agent has here.
const servers = { servers: ['127.0.0.2'], name: 'erp.example.test', expectAddress: '192.0.2.7' }

const resolverSwitch: Proved = {
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

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [resolverSwitch]
