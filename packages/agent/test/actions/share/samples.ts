import { disk, file, type Setting, share, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'share.disconnect': [{ params: { share: '/mnt/plans', file: '/mnt/plans/wing.pdf' } }],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'share.disconnect', action: 'share.disconnect' },
    params: { share: '/mnt/plans', file: '/mnt/plans/wing.pdf' },
    before: { files: tree({ '/mnt/plans/wing.pdf': file('wing') }), mounts: [disk, share] },
    mountOrders: [
      {
        ...{ point: '/mnt/plans', source: '//files/plans', kind: 'cifs' },
        options: 'credentials=/root/.plans,nosuid,_netdev',
      },
    ],
  },
]
