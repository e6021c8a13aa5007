import { type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'process.stop': [{ params: { name: 'erp-server' } }, { params: { service: 'nginx' } }],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'process.stop', action: 'process.stop', params: { name: 'plm-server' } },
    ...{ processes: 'plm-server', before: { files: tree() } },
  },
]
