/** The process that holds a lock, as the kernel and its own pulse show it. */
export interface Holder {
  readonly pid: number
  /** A reused pid has another. */
  readonly startTicks: string
  /** Does it run this agent's program, for root or for this user? Nothing else is ever killed. */
  readonly isAgent: boolean
  /** Somebody has stopped it (SIGSTOP, a terminal, a debugger): it does nothing until somebody lets it go on. */
  readonly isStopped: boolean
  /** It was killed and waits in the kernel: nothing of its program runs any more. */
  readonly isDying: boolean
  /** Time since its last sign of life; null when it gave none. */
  readonly pulseAgeMs: number | null
  /** For how long it may still be rolling back the record that it is rolling back; null when it does not say so. */
  readonly workLeftMs: number | null
}

/** How an operating system names the holder of a lock. */
export interface Holders {
  /** Null when nobody holds it, when this process does, or when the system does not say. Never throws. */
  find(path: string): Holder | null
  /** Kills that very process, if it is this agent. False when it is gone, or is something else. */
  kill(holder: Holder): boolean
}

/** Where nobody can be named. */
export const noHolders: Holders = { find: () => null, kill: () => false }
