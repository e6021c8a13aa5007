import type { Schedule } from '../../scripts/prove/schedule.ts'

const held = { do: 'rehearse', holdMs: 600_000, fault: { kind: 'kill while held' } } as const
const failing = (call: string, nth: number, lasting = false) =>
  ({ kind: 'error', call, nth, error: 'EIO', lasting }) as const

function found(action: string, scenario: string, steps: Schedule['steps'], scene = 0): Schedule {
  return { seed: null, world: 'namespace', action, scene, scenario, steps }
}

/** Schedules that once left a host changed, each with what was wrong then. */
export const FOUND: readonly (readonly [string, Schedule])[] = [
  [
    'the program that gives a folder its time back is killed',
    found('membership.revoke', 'killed twice', [
      held,
      { do: 'recover', fault: { kind: 'kill', call: 'utimensat', nth: 1 } },
      { do: 'recover', fault: { kind: 'kill', call: 'fsync', nth: 2 } },
    ]),
  ],
  [
    'the time of a folder cannot be given back for a while',
    found('membership.revoke', 'EIO', [{ do: 'rehearse', holdMs: 30, fault: failing('utimensat', 1) }]),
  ],
  [
    'the lock of the account files cannot be taken by the first attempt to roll back',
    found('membership.revoke', 'EIO', [held, { do: 'recover', fault: failing('link', 1) }], 1),
  ],
  [
    'the original cannot be kept, under the lock of the account files',
    found('membership.revoke', 'EIO', [{ do: 'rehearse', holdMs: 30, fault: failing('link', 2) }], 1),
  ],
  [
    'neither the room kept for a revert nor the first file of a finished record can be removed',
    found('cpu.load', 'EIO', [{ do: 'rehearse', holdMs: 30, fault: failing('unlink', 1) }]),
  ],
  [
    'all files come back from a copy made during the failure',
    found('hosts.override', 'restored', [held, { do: 'snapshot' }, { do: 'recover' }, { do: 'restore snapshot' }]),
  ],
]
