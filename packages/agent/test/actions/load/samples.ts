import { data, type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'cpu.load': [{ params: { percent: 80, cores: 2 } }],
  'memory.fill': [{ params: { leavePercent: 10, atMostMiB: 512 } }],
  'io.load': [{ params: { folder: '/srv/data', mibPerSecond: 100 } }],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  { name: 'cpu.load', action: 'cpu.load', params: { percent: 50 }, before: { files: tree() } },
  { name: 'memory.fill', action: 'memory.fill', params: { leavePercent: 50 }, before: { files: tree() } },
  {
    ...{ name: 'io.load', action: 'io.load', params: { folder: '/srv/data', mibPerSecond: 10 } },
    before: { files: tree(data) },
  },
]
