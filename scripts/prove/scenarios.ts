import { type Counts, strikable } from './calls.ts'
import type { Random } from './random.ts'
import { Cut, DiskError, type Fault, type Step } from './schedule.ts'

/** What the programs of one action do, counted once: where they can be struck. */
export interface Points {
  readonly rehearse: Counts
  readonly recover: Counts
  /** Of the agent that is linked to a controller; empty unless the scenario asked for it. */
  readonly drill: Counts
}

/** One kind of misfortune; the seed decides where exactly it strikes. */
export interface Scenario {
  readonly name: string
  /** As in the table: what happens to the host. */
  readonly title: string
  readonly worlds: readonly ('namespace' | 'lab')[]
  /** How often it is chosen, beside the others. */
  readonly weight: number
  /** A controller is cut off, which takes as long as a lease; `struck`: and the agent that is linked to it is struck. */
  readonly lease?: 'waited for' | 'struck'
  /** Makes sense, too, where the failure is a restart of the host; `only`: nowhere else. */
  readonly restart?: 'too' | 'only'
  steps(random: Random, points: Points): readonly Step[]
}

/** Longer than any schedule takes: only something else ends this hold. */
export const LONG_MS = 600_000
const SHORT_MS = 30
/** From the order of a restart until the boot has put back, on a quiet machine. */
const RESTART_MS = 4_000
/** Of four: there must be something to put back for the second blow to fall on. */
const OFTEN = 3

const HELD: Step = { do: 'rehearse', holdMs: LONG_MS, fault: { kind: 'kill while held' } }

function at(random: Random, counts: Counts, error: DiskError | null): { call: string; nth: number } {
  const call = random.pick(strikable(counts, error))
  return { call, nth: 1 + random.below(counts.get(call) ?? 1) }
}

function killed(random: Random, counts: Counts): Fault {
  return { kind: 'kill', ...at(random, counts, null) }
}

function failed(random: Random, counts: Counts, error: DiskError): Fault {
  return { kind: 'error', ...at(random, counts, error), error, lasting: random.below(3) === 0 }
}

/** Begun and never ended by itself: frozen at a call, or waiting in one that does not return. */
function rehearseStruckStill(kind: 'freeze' | 'hang') {
  return (random: Random, points: Points): readonly Step[] => [
    { do: 'rehearse', holdMs: SHORT_MS, fault: { kind, ...at(random, points.rehearse, null) } },
    { do: 'halt' },
  ]
}

/** Killed somewhere; now and then while the failure is held, the longest time of all. */
function rehearseKilled(random: Random, points: Points, heldOf4 = 1): Step {
  if (random.below(4) < heldOf4) return HELD
  return { do: 'rehearse', holdMs: SHORT_MS, fault: killed(random, points.rehearse) }
}

const diskErrors: readonly Scenario[] = DiskError.options.map((error) => ({
  name: error,
  title: `${error}: ${{ ENOSPC: 'the disk is full', EIO: 'the disk fails', EROFS: 'the disk is write-protected' }[error]}, at a system call or all the time`,
  worlds: ['namespace'],
  weight: 2,
  steps: (random, points) => {
    // The true thing, where a disk can be had that is full or write-protected; there it lasts until it is mended.
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

function cutOff(random: Random): Step & { do: 'drill' } {
  return { do: 'drill', cut: random.pick(Cut.options), silent: random.below(3) === 0 }
}

/** In the order of the table. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'nothing',
    title: 'nothing (for comparison)',
    worlds: ['namespace', 'lab'],
    weight: 0.3,
    restart: 'too',
    steps: () => [{ do: 'rehearse', holdMs: SHORT_MS }],
  },
  {
    name: 'killed',
    title: 'SIGKILL at a system call, or during the hold',
    worlds: ['namespace', 'lab'],
    weight: 6,
    restart: 'too',
    steps: (random, points) => [rehearseKilled(random, points)],
  },
  {
    name: 'stopped',
    title: 'SIGTERM at a system call',
    worlds: ['namespace'],
    weight: 1,
    steps: (random, points) => [
      { do: 'rehearse', holdMs: SHORT_MS, fault: { kind: 'stop', ...at(random, points.rehearse, null) } },
    ],
  },
  {
    name: 'frozen',
    title: 'SIGSTOP at a system call; a person says halt, and it goes on after that',
    worlds: ['namespace'],
    weight: 1,
    steps: rehearseStruckStill('freeze'),
  },
  {
    name: 'hung',
    title: 'a system call that does not return; a person says halt',
    worlds: ['namespace'],
    weight: 1,
    steps: rehearseStruckStill('hang'),
  },
  {
    name: 'reboot',
    title: 'the host goes down at a system call, or during the hold, and boots',
    worlds: ['namespace', 'lab'],
    weight: 3,
    steps: (random, points) => [rehearseKilled(random, points), { do: 'reboot' }],
  },
  {
    name: 'power cut',
    title: 'power cut at a system call, or during the hold; unsynced writes are lost',
    worlds: ['lab'],
    weight: 12,
    steps: (random, points) => [rehearseKilled(random, points), { do: 'power cut' }],
  },
  ...diskErrors,
  {
    name: 'killed twice',
    title: 'killed, and killed again while it puts back',
    worlds: ['namespace', 'lab'],
    weight: 4,
    restart: 'too',
    steps: (random, points) => [
      rehearseKilled(random, points, OFTEN),
      { do: 'recover', fault: killed(random, points.recover) },
      ...(random.below(3) === 0 ? [{ do: 'recover', fault: killed(random, points.recover) } as const] : []),
    ],
  },
  {
    name: 'power cut twice',
    title: 'power cut, and again while it puts back',
    worlds: ['lab'],
    weight: 4,
    steps: (random, points) => [
      rehearseKilled(random, points, OFTEN),
      { do: 'power cut' },
      { do: 'recover', fault: killed(random, points.recover) },
      { do: 'power cut' },
    ],
  },
  {
    name: 'failsafe killed',
    title: 'killed, and the safety timer’s process is killed, too',
    worlds: ['namespace', 'lab'],
    weight: 2,
    restart: 'too',
    steps: (random, points) => [
      rehearseKilled(random, points, OFTEN),
      { do: 'failsafe', fault: killed(random, points.recover) },
    ],
  },
  {
    name: 'two at once',
    title: 'killed; recovery and safety timer put back at once, and one is killed',
    worlds: ['namespace', 'lab'],
    weight: 2,
    restart: 'too',
    steps: (random, points) => [
      rehearseKilled(random, points, OFTEN),
      { do: 'recover and failsafe', fault: killed(random, points.recover) },
    ],
  },
  {
    name: 'restarted',
    title: 'nothing: the host restarts as it was ordered to, and the boot puts back',
    worlds: ['lab'],
    weight: 2,
    restart: 'only',
    steps: () => [{ do: 'restart' }],
  },
  {
    name: 'restart cut short',
    title: 'power cut before the restart that was ordered, while the host goes down, or while it boots and puts back',
    worlds: ['lab'],
    weight: 8,
    restart: 'only',
    steps: (random) => [{ do: 'restart', cutAfterMs: random.below(RESTART_MS) }],
  },
  {
    name: 'cut off',
    title: 'the controller is cut off as it orders, while the failure is started, or while it is held: the lease ends',
    worlds: ['namespace'],
    weight: 1,
    lease: 'waited for',
    steps: (random) => [cutOff(random)],
  },
  {
    name: 'cut off, killed',
    title: 'the controller is cut off, and the agent is killed at a system call before, then, or while it puts back',
    worlds: ['namespace'],
    weight: 1,
    lease: 'struck',
    steps: (random, points) => [
      { ...cutOff(random), fault: killed(random, points.drill) },
      ...(random.below(3) === 0 ? [{ do: 'reboot' } as const] : []),
    ],
  },
  {
    name: 'upgraded',
    title: 'killed, and another version of the agent puts back',
    worlds: ['namespace'],
    weight: 1,
    steps: (random, points) => [rehearseKilled(random, points), { do: 'upgrade' }],
  },
  {
    name: 'snapshot',
    title: 'put back; then the whole disk is restored from a snapshot taken during the hold',
    worlds: ['lab'],
    weight: 1,
    steps: () => [HELD, { do: 'snapshot' }, { do: 'recover' }, { do: 'restore snapshot' }],
  },
  {
    name: 'restored',
    title: 'put back; then all files are restored from a backup made during the hold',
    worlds: ['namespace'],
    weight: 1,
    steps: () => [HELD, { do: 'snapshot' }, { do: 'recover' }, { do: 'restore snapshot' }],
  },
  {
    name: 'old journal',
    title: 'put back; then only the journal is restored from that backup',
    worlds: ['namespace'],
    weight: 1,
    steps: () => [HELD, { do: 'snapshot' }, { do: 'recover' }, { do: 'restore old journal' }],
  },
]
