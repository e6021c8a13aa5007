import type { Compared } from '@chaos-lite/shared'
import type { Message, Words } from '@chaos-lite/shared/words'
import type * as z from 'zod'
import type { Ability, Host, Taken } from '../host/index.ts'
import type { PolicyQuestion, PolicyTerms } from '../policy/index.ts'

/** What an action works with. Lifetimes end by `signal`; a revert is never given the signal of its run. */
export interface ActionContext {
  readonly host: Host
  readonly signal: AbortSignal
  /** A private folder of this record for bulky before-images, durable with the record. */
  readonly recordFolder: string
  /** The record's id: marks every artefact that the action makes. */
  readonly recordId: string
  /** While injecting: when the safety timer rolls back at the latest, in milliseconds of the monotonic clock. */
  readonly revertByMonoMs?: number
  /** While preparing: what the failures that are open on this host take from people, whatever its files show now. */
  readonly held?: readonly Taken[]
}

/** A name for what is changed, such as `file:/etc/hosts` or `service:nginx.service`. Two open records never share one. */
export type ResourceKey = string

/** The probe that shows the failure on the consumer's path when a drill names no better one. */
export interface EffectProbe {
  readonly probe: string
  readonly params: Record<string, unknown>
  readonly expect: 'down' | 'up'
  /** Names of parameters that were measured at this moment. Nobody approves them: the digest does not cover them. */
  readonly measured?: readonly string[]
}

/** When a boot rolls a failure back. Early: before services start, so only what needs none of them; late: afterwards. */
export type BootPhase = 'early' | 'late'

/** What a verification found. `conflict`: somebody else changed the same thing meanwhile. */
export type Standing = 'before' | 'after' | 'conflict' | 'unclear'

/** What a revert achieved, item by item. */
export interface Reverted {
  readonly restoration: 'identical' | 'ours undone' | 'unknown'
  readonly compared: readonly Compared[]
  /** Sentences about somebody else's changes that were kept. */
  readonly kept: readonly string[]
}

/**
 * One kind of failure. `P` are its parameters, `U` its undo record: before-image and expected after-image, absolute
 * values, plain JSON. `prepare` only reads. `revert` is idempotent and needs nothing but the undo record.
 */
export interface Action<P = unknown, U = unknown> {
  readonly name: string
  readonly summary: string
  /** The English of every message that `explain` and `beyond` use, by code. */
  readonly words: Words
  readonly needs: readonly Ability[]
  readonly params: z.ZodType<P>
  /**
   * The undo record in each version that was ever released, by number; the highest is written. The schema of an earlier one
   * ends with the step to the present form (`.transform(…)`), so that every record stays readable for ever.
   */
  readonly undo: Readonly<Record<number, z.ZodType<U>>>
  /**
   * When a boot rolls it back: `early`, before services start, for what is only files of local file systems and asks no
   * daemon; otherwise `late`, once services can be started. Default: `late`.
   */
  readonly bootPhase?: BootPhase
  /**
   * What a restart of the host does to the failure by itself, before the boot rolls anything back: it `stays` (it lies in
   * files), it `ends` (a process, a rule of the kernel), or that hangs on how the host is set up. The plan says it.
   */
  readonly overRestart?: 'stays' | 'ends' | 'as set up'
  /**
   * What it did, in the past tense, for reports: `{service|a service} stopped`. A path to a parameter, and what stands there
   * where it has no text. Without it: the name of the action, and `started`.
   */
  readonly says?: string
  /** It restarts the host: the link is lost meanwhile, and the boot rolls it back. */
  readonly restartsHost?: true
  /** It takes the whole host away from its users: `doctor` warns where the policy allows it. */
  readonly takesHostAway?: true
  /** Lists and ceilings that it adds to the policy file. A list that several ask about is brought by one of them. */
  readonly policy?: PolicyTerms
  touches(params: P): readonly ResourceKey[]
  /** What the host's policy must allow, besides the action itself. */
  asks(params: P): readonly PolicyQuestion[]
  /** What an open record of it takes from people: rights, log-ins, their files. Without it: nothing. */
  takes?(undo: U): readonly Taken[]
  /** The folder that it moved aside, and where it lies now: an exercise may restore a copy in its place. Without it: none. */
  movesAside?(undo: U): { readonly folder: string; readonly movedTo: string }
  /** Reads the host. Throws a ChaosError when it could not be restored later, does not exist, or is protected. */
  prepare(context: ActionContext, params: P): Promise<U>
  /**
   * What will be touched, what not, by which means, how it is rolled back. Approval binds to the codes and the values, never
   * to the wording: what was measured at this moment (free space, the number of processors) is an estimate.
   */
  explain(params: P, undo: U): readonly Message[]
  /**
   * Why it cannot be started now although it is allowed: what was measured exceeds a bound that the explanation names.
   * Asked when it is planned, and again before it is started. Without it: nothing is measured.
   */
  beyond?(params: P, undo: U): Message | null
  /** From the parameters and what `prepare` found; null where a drill must name one. Never reads back what inject wrote. */
  effect(params: P, undo: U): EffectProbe | null
  /** From the system's own time-outs. */
  budgets(undo: U): { readonly injectMs: number; readonly revertMs: number }
  inject(context: ActionContext, params: P, undo: U): Promise<void>
  verify(context: ActionContext, undo: U): Promise<Standing>
  /**
   * Asked during the hold when `verify` says `conflict`: does the failure last beside what somebody else changed?
   * Without it, such a failure is reported as lost.
   */
  stillInPlace?(context: ActionContext, undo: U): Promise<boolean>
  /**
   * Asked early in a boot when `verify` says `conflict`: is each part as we left it or as before, because we died in
   * between? Then it is rolled back early, too. Without it: never.
   */
  halfWay?(context: ActionContext, undo: U): Promise<boolean>
  /**
   * Asked before rolling back: is the host on its way to a boot that alone can roll this back? Then the record is left as
   * it is, for that boot. Without it: never.
   */
  untilBoot?(context: ActionContext, undo: U): Promise<boolean>
  /** The units of the service manager that `revert` itself starts and compares; all others are compared by the engine. */
  units?(undo: U): readonly string[]
  revert(context: ActionContext, undo: U): Promise<Reverted>
  /** What a person would do by hand, as plain commands: goes into UNDO.txt. */
  byHand(undo: U, recordFolder: string): readonly string[]
}

/** Keeps the types of one action together while the menu holds them all as `Action`. */
export function defineAction<P, U>(action: Action<P, U>): Action {
  return action as unknown as Action
}
