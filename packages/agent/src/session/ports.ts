import type { Offer, ProbeOrder, RevertCause } from '@chaos-lite/shared'
import type { PolicyQuestion } from '../actions/action.ts'
import type { JournalRecord } from '../journal/record.ts'
import type { Policy } from '../policy/policy.ts'
import type { Sample } from '../probes/probe.ts'

/** What `prepare` of one action said: shown in the plan, and bound by `digest`. */
export interface Prepared {
  readonly touches: readonly string[]
  readonly sentences: readonly string[]
  readonly injectMs: number
  readonly revertMs: number
  readonly digest: string
  readonly effect: {
    readonly probe: string
    readonly params: Readonly<Record<string, unknown>>
    readonly expect: 'down' | 'up'
  } | null
}

/** One inject as the controller ordered it. */
export interface InjectRequest {
  readonly runId: string
  readonly stepId: string
  readonly action: string
  readonly params: Readonly<Record<string, unknown>>
  readonly holdMs: number
  readonly effectWaitMs: number
  readonly onLinkLoss: 'revert' | 'hold'
  readonly explanationDigest: string
}

/** How the journal stands: for the inventory, and for what a new run may do. */
export interface JournalStanding {
  readonly readable: boolean
  readonly open: number
  readonly stuck: number
}

/** What the session needs of the engine. It throws ChaosErrors; policy is checked inside. */
export interface SessionEngine {
  prepare(request: {
    readonly action: string
    readonly params: Readonly<Record<string, unknown>>
    readonly holdMs: number
  }): Promise<Prepared>
  /** Resolves when the failure is injected and verified to be in place. */
  inject(request: InjectRequest): Promise<void>
  /** Puts back what the filter names, newest first. Never throws for one record's sake: `stuck` is a fact. */
  revert(
    which: {
      readonly runId: string
      readonly stepId?: string
      /** Only records that were armed to be put back when the link is lost. */
      readonly onLinkLoss?: 'revert'
    },
    cause: RevertCause,
  ): Promise<void>
  /** Open records: everything in the journal that is not `reverted`. */
  records(): Promise<readonly JournalRecord[]>
  standing(): Promise<JournalStanding>
}

/** One running probe. */
export interface RunningProbe {
  /** Stops after the sample in flight; resolves when nothing more will be reported. */
  stop(): Promise<void>
}

/** What the session needs of the probes' room. */
export interface SessionProbes {
  /** Throws a ChaosError when the probe is unknown, its parameters are wrong, or the host's policy refuses it. */
  check(order: ProbeOrder): Promise<void>
  start(order: ProbeOrder, onSample: (sample: Sample) => void): RunningProbe
}

/** Policy questions of a named exercise, after its parameters were parsed. */
export interface Asked {
  readonly harmless: boolean
  readonly questions: readonly PolicyQuestion[]
}

/** The owner's rules as they stand now, read again when the file changed. */
export interface PolicySource {
  current(): Promise<Policy>
}

/** Which dishes of the menu this host offers, and why not. */
export type Offers = () => Promise<readonly Offer[]>
