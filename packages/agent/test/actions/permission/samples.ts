import { data, type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'permission.revoke': [
    { params: { path: '/srv/plans', account: 'anna' } },
    { params: { path: '/srv/plans', group: 'finance' } },
    { params: { path: '/srv/plans/a.txt', everyone: true } },
  ],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'permission.revoke', action: 'permission.revoke', before: { files: tree(data) } },
    params: { path: '/srv/data', account: 'anna' },
  },
  {
    ...{ name: 'permission.revoke.everyone', action: 'permission.revoke', before: { files: tree(data) } },
    params: { path: '/srv/data/order.txt', everyone: true },
  },
]
