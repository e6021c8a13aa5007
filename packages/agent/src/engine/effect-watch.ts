import type { JournalRecord } from '../journal/record.ts'
import { contextOf } from './action-context.ts'
import { actionNamed, type EngineDeps } from './deps.ts'
import { undoOf } from './prepare.ts'
import { standingOf } from './put-back.ts'
import { tell } from './tell.ts'

/** How often the failure is looked at while it is held. Looking is cheap: a file read, or one question to the manager. */
export const LOOK_EVERY_MS = 2_000

/**
 * Looks whether the failures of this process are still in place while they are held, and tells once of each that
 * somebody else has undone (`effect.lost`). It changes nothing: putting back is what the hold ends with anyway.
 */
export class EffectWatch {
  readonly #deps: EngineDeps
  readonly #watched = new Map<string, NodeJS.Timeout>()

  constructor(deps: EngineDeps) {
    this.#deps = deps
  }

  start(record: JournalRecord): void {
    const { recordId } = record.head
    this.stop(recordId)
    this.#watched.set(
      recordId,
      setTimeout(() => void this.#look(record), LOOK_EVERY_MS),
    )
  }

  stop(recordId: string): void {
    clearTimeout(this.#watched.get(recordId))
    this.#watched.delete(recordId)
  }

  stopAll(): void {
    for (const recordId of [...this.#watched.keys()]) this.stop(recordId)
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
    if (found === 'over') return
    this.#deps.warn(`${head.action} (record ${head.recordId}) did not last`, found.lost)
    await tell(this.#deps, head, { type: 'effect.lost', reason: found.lost })
  }
}

/** `over`: a process of ours has put it back. What cannot be seen counts as in place. */
async function lookAt(deps: EngineDeps, record: JournalRecord): Promise<'in place' | 'over' | { lost: string }> {
  const standing = await standingOf(deps, record)
  if (standing === 'after' || standing === 'unclear') return 'in place'
  if (standing === 'conflict' && (await lastsBeside(deps, record))) return 'in place'
  // Another process of ours (the safety timer, `revert`, `halt`) marks the record before it touches anything.
  const now = await deps.journal.read(record.head.recordId).catch(() => undefined)
  if (now === null) return 'over'
  if (now?.state !== 'injected') return 'in place'
  const lost =
    standing === 'before'
      ? 'somebody else put it back during the hold'
      : 'somebody else changed the same thing during the hold, and our part is gone from it'
  return { lost }
}

async function lastsBeside(deps: EngineDeps, record: JournalRecord): Promise<boolean> {
  const { head } = record
  const action = actionNamed(deps, head.action)
  if (action?.lasts === undefined) return false
  const signal = AbortSignal.timeout(head.revertMs)
  // What cannot be looked at is not called lost.
  return action.lasts(contextOf(deps, record, signal), undoOf(action, head)).catch(() => true)
}
