import { erp, file, hosts, type Setting, tree, written } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'resolver.switch': [
    {
      params: { servers: ['192.0.2.53'], name: 'erp.example.test', expectAddress: '192.0.2.7' },
      unasked: { '192.0.2.7': 'what the look-up should answer' },
    },
  ],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'resolver.switch', action: 'resolver.switch', params: { servers: ['192.0.2.53'], ...erp } },
    before: {
      files: tree({
        '/etc/hosts': hosts,
        '/etc/resolv.conf': file('search example.test\nnameserver 10.0.0.53\noptions edns0\n'),
      }),
    },
  },
  ...(['systemd-resolved', 'NetworkManager'] as const).map((manager) => ({
    ...{ name: `resolver.switch.${manager}`, action: 'resolver.switch' },
    params: { servers: ['192.0.2.53', '2001:db8::53'], ...erp },
    before: {
      files: tree({ '/etc/hosts': hosts, ...written[manager] }),
      managers: { [manager]: [{ name: 'eth0', servers: ['10.0.0.53'], domains: ['office.test'] }] },
    },
  })),
]
