import { data, type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'disk.fill': [{ params: { folder: '/srv/data', leavePercent: 5, atMostMiB: 64 } }],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'disk.fill', action: 'disk.fill', before: { files: tree(data) } },
    params: { folder: '/srv/data', leavePercent: 40, atMostMiB: 16 },
  },
]
