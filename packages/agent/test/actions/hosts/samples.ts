import { erp, hosts, type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'hosts.override': [{ params: { entries: [{ name: 'erp.example.test', address: '192.0.2.7' }] } }],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'hosts.override', action: 'hosts.override', before: { files: tree({ '/etc/hosts': hosts }) } },
    params: { entries: [{ ...erp, address: '192.0.2.9' }] },
  },
]
