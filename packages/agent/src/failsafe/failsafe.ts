import type { RecordHead } from '../journal/index.ts'

/**
 * The operating system's own timer. It starts `revert --record ID --cause failsafe` as a fresh process at the record's
 * `revertBy`, by elapsed time or by wall clock, whichever comes first, and needs neither the agent nor the network.
 */
export interface Failsafe {
  /** What the timer outlives: a restart of the machine, or only the death of the agent. */
  readonly survives: 'reboot' | 'process'
  /** One sentence for `doctor` and the rehearsal. */
  describe(): string
  /**
   * Tries it now, with nothing to roll back: says in one sentence what was tried.
   * @throws ChaosError `failsafe-unavailable`: no failure could be started
   */
  check?(): Promise<string>
  /** Gets ready, so that the next `arm` is quick. Never required, never throws. */
  warm(): Promise<void>
  /** Returns when the timer is seen to run. @throws ChaosError `failsafe-unavailable`; nothing is left behind then. */
  arm(record: RecordHead): Promise<void>
  /** Called after the verified revert. A timer that fires all the same finds nothing to do. */
  disarm(recordId: string): Promise<void>
  /** Disarms what belongs to none of these records: a process may have died between rolling back and disarming. */
  sweep(open: readonly string[]): Promise<void>
  /** Lets go of what `warm` started. Armed timers stay. */
  [Symbol.asyncDispose](): Promise<void>
}
