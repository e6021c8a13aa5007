import { erp, hosts, type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'network.block': [
    {
      params: {
        addresses: ['192.0.2.0/24'],
        except: ['192.0.2.7'],
        ports: [443],
        protocol: 'tcp',
        direction: 'both',
      },
      unasked: { '192.0.2.7': 'is let through', tcp: 'narrows', both: 'which way the named traffic goes' },
    },
    { params: { addresses: ['192.0.2.7'] } },
  ],
  'dns.block': [
    { params: { name: 'erp.example.test', servers: ['192.0.2.53'] } },
    { params: { name: 'erp.example.test' } },
  ],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'network.block', action: 'network.block', before: { files: tree() } },
    params: { addresses: ['192.0.2.0/24', '2001:db8::/32'], except: ['192.0.2.7'], ports: [443], direction: 'both' },
  },
  {
    ...{ name: 'dns.block', action: 'dns.block', params: erp },
    before: { files: tree({ '/etc/hosts': hosts }) },
  },
]
