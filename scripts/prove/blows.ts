import { type Counts, strikable } from './calls.ts'
import type { Random } from './random.ts'
import type { Points, Scenario } from './scenario.ts'
import { Cut, DiskError, type Fault, type Step } from './schedule.ts'

/** Longer than any schedule takes: only something else ends this hold. */
export const LONG_MS = 600_000
export const SHORT_MS = 30
/** From the order of a restart until the boot has rolled back, on a quiet machine. */
export const RESTART_MS = 4_000
/** Of four: there must be something to roll back for the second blow to fall on. */
export const OFTEN = 3

export const HELD: Step = { do: 'rehearse', holdMs: LONG_MS, fault: { kind: 'kill while held' } }

export function at(random: Random, counts: Counts, error: DiskError | null): { call: string; nth: number } {
  const call = random.pick(strikable(counts, error))
  return { call, nth: 1 + random.below(counts.get(call) ?? 1) }
}

export function killed(random: Random, counts: Counts): Fault {
  return { kind: 'kill', ...at(random, counts, null) }
}

function failed(random: Random, counts: Counts, error: DiskError): Fault {
  return { kind: 'error', ...at(random, counts, error), error, lasting: random.below(3) === 0 }
}

/** Begun and never ended by itself: frozen at a call, or waiting in one that does not return. */
export function rehearseStruckStill(kind: 'freeze' | 'hang') {
  return (random: Random, points: Points): readonly Step[] => [
    { do: 'rehearse', holdMs: SHORT_MS, fault: { kind, ...at(random, points.rehearse, null) } },
    { do: 'halt' },
  ]
}

/** Killed somewhere; now and then while the failure is held, the longest time of all. */
export function rehearseKilled(random: Random, points: Points, heldOf4 = 1): Step {
  if (random.below(4) < heldOf4) return HELD
  return { do: 'rehearse', holdMs: SHORT_MS, fault: killed(random, points.rehearse) }
}

export const diskErrors: readonly Scenario[] = DiskError.options.map((error) => ({
  name: error,
  title: `${error}: ${{ ENOSPC: 'the disk is full', EIO: 'the disk fails', EROFS: 'the disk is write-protected' }[error]}, at a system call or all the time`,
  worlds: ['namespace'],
  weight: 2,
  steps: (random, points) => {
    // The true thing, where a disk can be had that is full or write-protected; there it lasts until it is repaired.
    const state = { ENOSPC: 'disk full', EROFS: 'disk read-only', EIO: null }[error]
    if (state !== null && random.below(4) === 0) {
      return [HELD, { do: state }, { do: 'recover' }, { do: 'disk mended' }] as readonly Step[]
    }
    if (random.below(3) > 0) {
      return [{ do: 'rehearse', holdMs: SHORT_MS, fault: failed(random, points.rehearse, error) }]
    }
    return [rehearseKilled(random, points, OFTEN), { do: 'recover', fault: failed(random, points.recover, error) }]
  },
}))

export function cutOff(random: Random): Step & { do: 'drill' } {
  return { do: 'drill', cut: random.pick(Cut.options), silent: random.below(3) === 0 }
}
