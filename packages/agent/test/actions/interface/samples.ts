import { type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'interface.down': [{ params: { interface: 'eth1', reaches: { host: '192.0.2.9', port: 443 } } }],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'interface.down', action: 'interface.down' },
    params: { interface: 'lan1', reaches: { host: '203.0.113.9', port: 9100 } },
    before: {
      files: tree(),
      interfaces: [
        { name: 'lo', loopback: true, addresses: ['inet 127.0.0.1/8 scope host'] },
        { name: 'eth0', addresses: ['inet 10.0.0.7/24 scope global'], leadsTo: ['10.0.0.1'] },
        {
          ...{ name: 'lan1', addresses: ['inet 203.0.113.1/24 scope global'], leadsTo: ['203.0.113.9'] },
          routes: ['{"dst":"198.18.0.0/15","family":"inet","gateway":"203.0.113.2"}'],
        },
      ],
    },
  },
]
