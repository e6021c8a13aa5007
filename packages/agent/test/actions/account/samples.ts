import { type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'account.disable': [{ params: { account: 'anna' } }],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'account.disable', action: 'account.disable', before: { files: tree() } },
    params: { account: 'anna' },
  },
]
