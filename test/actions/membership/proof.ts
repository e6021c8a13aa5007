import { rowIn } from '../../../scripts/prove/people.ts'
import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'
import { membershipShapes } from '../../../scripts/prove/shapes/others.ts'

const membershipRevoke: Proved = {
  action: 'membership.revoke',
  orders: [],
  people: [rowIn('/etc/group', 'bela:x:\\([0-9]*\\):', 'bela:x:\\1:anna', 'bela:x:[0-9]*:anna')],
  policy: { accounts: ['anna'], groups: ['planners'] },
  settings: [
    { title: 'in /etc/group and /etc/gshadow', things: etc, params: { account: 'anna', group: 'planners' } },
    {
      title: 'without /etc/gshadow',
      things: etc.filter(({ path }) => path !== '/etc/gshadow'),
      params: { account: 'anna', group: 'planners' },
    },
    ...membershipShapes,
  ],
}

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [membershipRevoke]
