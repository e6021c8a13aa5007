import { rowIn } from '../people.ts'
import type { Proved } from '../proved.ts'
import { etc } from '../scene.ts'
import { accountShapes, membershipShapes } from '../shapes/others.ts'

export const membershipRevoke: Proved = {
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

export const accountDisable: Proved = {
  action: 'account.disable',
  orders: [],
  people: [
    rowIn(
      '/etc/passwd',
      'bela:x:\\([0-9]*:[0-9]*\\):[^:]*:\\(.*\\)',
      'bela:x:\\1:Bela of the workshop:\\2',
      'bela:x:[0-9]*:[0-9]*:Bela of the workshop:.*',
    ),
  ],
  policy: { accounts: ['anna'] },
  settings: [{ title: 'an account with a password', things: etc, params: { account: 'anna' } }, ...accountShapes],
}
