import type { Look } from './look.ts'

/** The failure of the proof: a name that exists nowhere (RFC 6761) leads to an address that nobody has (RFC 5737). */
export const PROOF_ACTION = 'hosts.override'
/** The parameters of `PROOF_ACTION` for the proof. */
export const PROOF_PARAMS = { entries: [{ name: 'chaos-lite-proof.invalid', address: '192.0.2.1' }] } as const

/** What is done to the agent in one trial. */
export const KINDS = {
  undisturbed: 'nothing',
  killed: 'kill -9 at a random moment, then started again',
  stopped: 'stopped (SIGTERM) while the failure is in place',
  'safety timer': 'kill -9 while the failure is in place, and never started again: the safety timer must roll back',
} as const
/** One way to interrupt the agent that the proof tries. */
export type Kind = keyof typeof KINDS

/** What one trial showed. */
export interface Trial {
  readonly kind: Kind
  /** When it was struck, counted from its start; null when it was not, or had ended before. */
  readonly struckAfterMs: number | null
  /** What the agent itself said of the host at last; null when it was killed before it could. */
  readonly said: string | null
  /** From the blow (or the end of the hold) until the journal was empty again. */
  readonly backAfterMs: number | null
  /** One line for each thing that is not as before the trial. */
  readonly differences: readonly string[]
  /** Something stayed open, or could not be read. */
  readonly open: boolean
}

/** Everything that the page says. */
export interface Proof {
  readonly host: string
  /** A simulated host proves nothing, and the page says so. */
  readonly simulated: boolean
  readonly system: string
  readonly kernel: string
  readonly agentVersion: string
  /** SHA-256 of the program that was proved. */
  readonly programDigest: string
  readonly failsafe: string
  readonly beganWallMs: number
  readonly endedWallMs: number
  readonly touched: readonly string[]
  readonly before: Look
  readonly after: Look
  readonly trials: readonly Trial[]
  /** Trials that were asked for. */
  readonly wanted: number
}

/** Did this trial show what it was meant to show, was the host as before, and did the agent not say otherwise? */
export function isKept({ kind, struckAfterMs, differences, open, said }: Trial): boolean {
  // A failure that could not even be started proves nothing; a kill at random may come after the end.
  const shown = kind === 'undisturbed' ? said === 'identical' : kind === 'killed' || struckAfterMs !== null
  return shown && differences.length === 0 && !open && said !== 'stuck' && said !== 'unknown'
}

/** Did every trial that was wanted keep the promise? */
export function isProved({ trials, wanted }: Proof): boolean {
  return trials.length === wanted && trials.every(isKept)
}
