import { OWN_TABLE } from '../../../scripts/prove/people.ts'
import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'

const interfaceDown: Proved = {
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

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [interfaceDown]
