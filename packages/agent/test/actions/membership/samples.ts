import { type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'membership.revoke': [{ params: { account: 'anna', group: 'finance' } }],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'membership.revoke', action: 'membership.revoke', before: { files: tree() } },
    params: { account: 'anna', group: 'release' },
  },
]
