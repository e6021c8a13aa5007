import type { Proved } from '../proved.ts'
import { etc } from '../scene.ts'

export const membershipRevoke: Proved = {
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

export const accountDisable: Proved = {
  action: 'account.disable',
  orders: [],
  policy: { accounts: ['anna'] },
  settings: [{ title: 'an account with a password', things: etc, params: { account: 'anna' } }],
}
