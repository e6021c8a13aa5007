import { OWN_TABLE } from '../../../scripts/prove/people.ts'
import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'
import { ownFirewall } from '../../../scripts/prove/shapes/others.ts'

const networkBlock: Proved = {
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

const dnsBlock: Proved = {
  action: 'dns.block',
  network: true,
  people: [OWN_TABLE],
  policy: { ports: ['53', '853'], probeHosts: ['localhost'] },
  settings: [
    { title: 'every name server', things: etc, params: { name: 'localhost' } },
    ownFirewall({ name: 'localhost' }),
  ],
}

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [networkBlock, dnsBlock]
