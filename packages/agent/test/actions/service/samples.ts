import { type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'service.stop': [{ params: { service: 'nginx' } }],
}

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'service.stop', action: 'service.stop', params: { service: 'cups' } },
    before: {
      files: tree(),
      services: {
        'cups.service': { triggeredBy: ['cups.socket', 'cups.path'], dependents: ['cups-browsed.service'] },
        'cups.socket': { subState: 'listening' },
        'cups.path': { activeState: 'inactive', subState: 'dead' },
        'cups-browsed.service': {},
        'cron.service': {},
      },
    },
  },
]
