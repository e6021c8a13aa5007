import { type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'host.restart': [{ params: {} }],
}

/** Takes nothing that could be named: the line of the action itself is the question. */
export const nothingToName: Readonly<Record<string, string>> = {
  'host.restart': 'the host itself: the policy names it by `actions: [host.restart]`',
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'host.restart', action: 'host.restart', params: { backWithin: '2m' } },
    before: {
      files: tree(),
      machine: {
        waiting: [],
        states: { 'cron.service': 'active', 'nginx.service': 'active', 'old.service': 'inactive' },
      },
    },
  },
]
