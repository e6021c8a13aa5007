import type { RevertCause } from '@chaos-lite/shared'
import type { Message } from '@chaos-lite/shared/words'
import type { EffectProbe } from '../actions/index.ts'
import type { JournalRecord, Unreadable } from '../journal/index.ts'

/** What a caller wants prepared: the same fields as an inject step of a plan. */
export interface PrepareRequest {
  readonly action: string
  readonly params: Readonly<Record<string, unknown>>
  readonly holdMs: number
}

/** What would be touched, and how it would be rolled back. Nothing was changed by asking. */
export interface Prepared {
  readonly touches: readonly string[]
  readonly sentences: readonly string[]
  /** What each sentence means. */
  readonly messages: readonly Message[]
  readonly injectMs: number
  readonly revertMs: number
  /** SHA-256 over the action, its parameters, what is touched, and the codes and values of what is said; see `explanationDigest`. */
  readonly digest: string
  /** What shows the failure; null: nothing that this action knows of, so a drill has to name a probe. */
  readonly effect: EffectProbe | null
  /** What keeps it from being started at this moment, and until when. Not approved, so not in the digest. */
  readonly notYet?: string | null
}

/** One failure to start, for a run or for a rehearsal. `effectWaitMs`: how long its impact may take to show. */
export interface InjectRequest extends PrepareRequest {
  /** null for a rehearsal. */
  readonly runId: string | null
  readonly stepId: string
  readonly effectWaitMs: number
  readonly onLinkLoss: 'revert' | 'hold'
  /** As planned; null where a person has just seen the explanation (rehearsal). */
  readonly explanationDigest: string | null
}

/** Which open records to roll back; everything newer on this host is rolled back before them. `{}` means all. */
export interface Selection {
  /** Null: records of rehearsals. */
  readonly runId?: string | null
  readonly stepId?: string
  readonly recordId?: string
  /** Only records that asked for this when the link to the controller is lost. */
  readonly onLinkLoss?: 'revert' | 'hold'
}

/** What a caller that waits for another process wants. */
export interface Waiting {
  /** Ends the waiting, with its reason; what has begun is done to its end. */
  readonly signal?: AbortSignal
  /** Told in a sentence what is waited for. */
  onWaiting?(sentence: string): void
}

/** What came of rolling one record back. */
export interface RevertOutcome {
  readonly recordId: string
  /** Null for a rehearsal. */
  readonly runId: string | null
  readonly stepId: string
  readonly action: string
  readonly restoration: 'identical' | 'ours undone' | 'unknown' | 'stuck'
  readonly compared: readonly { item: string; before: string; now: string; same: boolean }[]
  readonly kept: readonly string[]
  /** What a person must do, when stuck. */
  readonly byHand: string | null
}

/** What is open on this host, as the journal on disk says. */
export interface Standings {
  readonly records: readonly JournalRecord[]
  readonly unreadable: readonly Unreadable[]
  readonly halted: boolean
}

/**
 * Injects one failure at a time and rolls every one back. The journal on disk is the only truth: several processes
 * (service, rehearsal, failsafe) may each have an engine on the same host; one lock serialises them.
 */
export interface Engine extends AsyncDisposable {
  /** Is a failure on its way, held or rolled back by this process? */
  readonly isBusy: boolean
  /** @throws ChaosError: policy-refused, not-there, cannot-restore, param-invalid, capability-missing … */
  prepare(request: PrepareRequest): Promise<Prepared>
  /** A run is about to inject: gets the failsafe ready. Never throws. */
  warm(): Promise<void>
  /**
   * Returns when the failure is in place and durably recorded as such. A hold timer then runs in this process.
   * @throws ChaosError; before `injecting` nothing was changed, after it the revert has already been tried.
   */
  inject(request: InjectRequest): Promise<JournalRecord>
  /**
   * Rolls back, newest first, injects in flight included. Begins at once; never throws for a record that is stuck. Another
   * process of this agent that is in the way is killed when a record is overdue, and soon for the cause `halt`.
   */
  revert(selection: Selection, cause: RevertCause, waiting?: Waiting): Promise<readonly RevertOutcome[]>
  /**
   * At boot, and at start before the link opens: rolls back whatever an earlier process left, newest first. The phase
   * `early` (before services start) takes only what is safe then; see `bootPhase` of an action. What a rehearsal that still
   * lives holds is left to it.
   */
  recover(phase?: 'early' | 'all', isRehearsing?: () => Promise<boolean>): Promise<readonly RevertOutcome[]>
  standings(): Promise<Standings>
  /** @throws ChaosError `policy-refused` while this host is halted */
  refuseWhenHalted(): Promise<void>
  /** Calls `listener` after each change of the journal by this engine. Returns the way to stop that. */
  onChange(listener: () => void): () => void
  /** Calls `listener` after each record that this engine rolled back, or tried to. Returns the way to stop that. */
  onReverted(listener: (outcome: RevertOutcome) => void): () => void
  /** Calls `listener` for each failure of this engine that somebody else undid during its hold. Returns the way to stop that. */
  onEffectLost(listener: (recordId: string, reason: string) => void): () => void
  /** Refuses further injects and reverts everything. */
  shutdown(cause: RevertCause): Promise<readonly RevertOutcome[]>
  /** Lets go of timers and of what the failsafe prepared, so that the process can end. What is open stays open. */
  [Symbol.asyncDispose](): Promise<void>
}
