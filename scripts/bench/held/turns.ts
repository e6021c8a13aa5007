import { readFileSync } from 'node:fs'

const EVERY_MS = 5

/** How late a beat of the event loop came, and what the thread did meanwhile, in milliseconds. */
export interface Hold {
  /** On the clock. */
  readonly wallMs: number
  /** Computing. */
  readonly cpuMs: number
  /** Ready to compute, while every processor was taken by other threads and processes. */
  readonly waitedMs: number
}

/** The longest holds since the last look; each figure is the greatest of its own kind. */
export interface WorstHolds {
  readonly wallMs: number
  readonly cpuMs: number
  /** All but waiting for a processor: computing, and blocked in system calls, by locks or for helper threads. */
  readonly ownMs: number
}

/** What the kernel has counted for this thread: computing, and waiting for a processor. */
type Counted = Pick<Hold, 'cpuMs' | 'waitedMs'>

/** Null where the kernel does not count it. */
export function scheduled(): Counted | null {
  try {
    const [cpuNs, waitedNs] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ').map(Number)
    if (cpuNs === undefined || waitedNs === undefined || Number.isNaN(waitedNs)) return null
    return { cpuMs: cpuNs / 1e6, waitedMs: waitedNs / 1e6 }
  } catch {
    return null
  }
}

/** Does the kernel run this process before all that are not real-time? Its policy is the 41st field (proc_pid_stat(5)). */
export function isRealTime(): boolean {
  const [, fields = ''] = readFileSync('/proc/self/stat', 'utf8').split(/^.*\) /)
  return Number(fields.split(' ')[38] ?? 0) > 0
}

/** The greatest of each kind. What nobody held, the distance of two beats, is no part of a hold. */
export function worstOf(holds: readonly Hold[]): WorstHolds {
  const greatest = (of: (hold: Hold) => number) => holds.reduce((most, hold) => Math.max(most, of(hold)), 0)
  return {
    wallMs: greatest(({ wallMs }) => wallMs),
    cpuMs: greatest(({ wallMs, cpuMs }) => Math.min(wallMs, cpuMs)),
    ownMs: greatest(({ wallMs, waitedMs }) => wallMs - waitedMs),
  }
}

/** Watches the event loop of this process; each call returns the worst since the one before. Throws where it is not known. */
export function watchTurns(): () => WorstHolds {
  let before = measured()
  let holds: Hold[] = []
  const timer = setInterval(() => {
    const now = measured()
    const wallMs = now.atMs - before.atMs - EVERY_MS
    if (wallMs > 1) holds.push({ wallMs, cpuMs: now.cpuMs - before.cpuMs, waitedMs: now.waitedMs - before.waitedMs })
    before = now
  }, EVERY_MS)
  timer.unref()
  return () => {
    const worst = worstOf(holds)
    holds = []
    return worst
  }
}

function measured(): Counted & { readonly atMs: number } {
  const counted = scheduled()
  if (counted === null) throw new Error('This kernel does not count how long a thread waits for a processor.')
  return { ...counted, atMs: performance.now() }
}
