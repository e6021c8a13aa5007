import { rowIn } from '../../../scripts/prove/people.ts'
import type { Proved } from '../../../scripts/prove/proved.ts'
import { etc } from '../../../scripts/prove/scene.ts'
import { accountShapes } from '../../../scripts/prove/shapes/others.ts'

const accountDisable: Proved = {
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

/** How it is proved: see `scripts/prove/proved.ts`. */
export const proofs: readonly Proved[] = [accountDisable]
