import { data, type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'data.quarantine': [{ params: { folder: '/srv/share' } }],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'data.quarantine', action: 'data.quarantine', before: { files: tree(data) } },
    params: { folder: '/srv/data' },
  },
  {
    ...{ name: 'data.quarantine.restored', action: 'data.quarantine', before: { files: tree(data) } },
    ...{ params: { folder: '/srv/data' }, restored: '/srv/data' },
  },
]
