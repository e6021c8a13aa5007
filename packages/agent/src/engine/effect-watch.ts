import type { RevertCause } from '@chaos-lite/shared'
import { undoOf } from '../actions/index.ts'
import type { JournalRecord } from '../journal/index.ts'
import { settledWithin } from '../wait/index.ts'
import { contextOf } from './action-context.ts'
import { actionNamed, type EngineDeps } from './deps.ts'
import { reportSurely } from './report.ts'
import { recordStanding } from './roll-back.ts'

/** How often the failure is looked at while it is held. Looking is cheap: a file read, or one question to the manager. */
export const LOOK_EVERY_MS = 2_000
/** The last look delays rolling back by no more than this. */
const LAST_LOOK_MS = 1_000
/** Only these end a hold without any haste. */
const UNHURRIED: ReadonlySet<RevertCause> = new Set(['hold ended', 'released early', 'by hand'])

/**
 * Looks whether the failures of this process are still in place while they are held, and once more when the hold ends;
 * reports once each that somebody else has undone (`effect.lost`). It changes nothing: rolling back is what the hold
 * ends with anyway.
 */
export class EffectWatch {
  readonly #deps: EngineDeps
  readonly #onLost: (recordId: string, reason: string) => void
  readonly #watched = new Map<string, NodeJS.Timeout>()

  constructor(deps: EngineDeps, onLost: (recordId: string, reason: string) => void) {
    this.#deps = deps
    this.#onLost = onLost
  }

  start(record: JournalRecord): void {
    const { recordId } = record.head
    this.stop(recordId)
    this.#watched.set(
      recordId,
      setTimeout(() => void this.#look(record), LOOK_EVERY_MS),
    )
  }

  /** Was it watched until now? */
  stop(recordId: string): boolean {
    clearTimeout(this.#watched.get(recordId))
    return this.#watched.delete(recordId)
  }

  stopAll(): void {
    for (const recordId of [...this.#watched.keys()]) this.stop(recordId)
  }

  /** Before this process rolls back what it has watched so far: what was undone since the look before would pass. Needs the lock. */
  async lastLook(record: JournalRecord, cause: RevertCause): Promise<void> {
    if (!UNHURRIED.has(cause)) return
    const looking = lookAt(this.#deps, record)
    if (!(await settledWithin(looking, LAST_LOOK_MS))) return
    const found = await looking
    if (typeof found === 'object') await this.#lost(record, found.lost)
  }

  async #look(record: JournalRecord): Promise<void> {
    const { head } = record
    const timer = this.#watched.get(head.recordId)
    const found = await lookAt(this.#deps, record)
    // Stopped, or started anew, while we looked: our own revert is at work.
    if (timer === undefined || this.#watched.get(head.recordId) !== timer) return
    if (found === 'in place') {
      this.start(record)
      return
    }
    this.stop(head.recordId)
    if (found !== 'over') await this.#lost(record, found.lost)
  }

  async #lost({ head }: JournalRecord, reason: string): Promise<void> {
    this.#deps.warn(`${head.action} (record ${head.recordId}) did not last`, reason)
    this.#onLost(head.recordId, reason)
    await reportSurely(this.#deps, head, { type: 'effect.lost', reason })
  }
}

/** `over`: a process of ours has rolled it back. What cannot be seen counts as in place. */
async function lookAt(deps: EngineDeps, record: JournalRecord): Promise<'in place' | 'over' | { lost: string }> {
  const standing = await recordStanding(deps, record)
  if (standing === 'after' || standing === 'unclear') return 'in place'
  if (standing === 'conflict' && (await lastsBeside(deps, record))) return 'in place'
  // Another process of ours (the safety timer, `revert`, `halt`) marks the record before it touches anything.
  const now = await deps.journal.read(record.head.recordId).catch(() => undefined)
  if (now === null) return 'over'
  if (now?.state !== 'injected') return 'in place'
  const lost =
    standing === 'before'
      ? 'somebody else rolled it back during the hold'
      : 'somebody else changed the same thing during the hold, and our part is gone from it'
  return { lost }
}

async function lastsBeside(deps: EngineDeps, record: JournalRecord): Promise<boolean> {
  const { head } = record
  const action = actionNamed(deps, head.action)
  if (action?.stillInPlace === undefined) return false
  const signal = AbortSignal.timeout(head.revertMs)
  // What cannot be looked at is not called lost.
  return action.stillInPlace(contextOf(deps, record, signal), undoOf(action, head)).catch(() => true)
}
