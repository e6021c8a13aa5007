import { type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'timesync.stop': [{ params: {} }],
}

/** Takes nothing that could be named: the line of the action itself is the question. */
export const nothingToName: Readonly<Record<string, string>> = {
  'timesync.stop': 'the time service of the host: the policy names it by `actions: [timesync.stop]`',
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'timesync.stop', action: 'timesync.stop', params: {} },
    before: { files: tree(), services: { 'chrony.service': {}, 'nginx.service': {} } },
  },
]
