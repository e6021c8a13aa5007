import type { ProcessView } from '../../../src/host/host.ts'

/** A plain process of a simulated host. */
export function processOf(given: Partial<ProcessView> & { readonly pid: number }): ProcessView {
  return {
    ...{ startTicks: '1', name: 'daemon', state: 'runs', parent: 1, kernel: false, terminal: false },
    ...{ program: '/usr/sbin/daemon', units: [], own: false, uid: 0 },
    ...given,
  }
}
