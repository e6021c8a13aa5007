import { ChaosError } from '@chaos-lite/shared'
import type { Holder, Lock } from '../lock/index.ts'
import type { EngineDeps } from './deps.ts'

/** A revert that is not overdue waits for whatever the other process does, which is most likely the same revert. */
const LONGEST_MS = 600_000
/** Between two looks at who holds it. */
const ROUND_MS = 200
/** Without a sign of life for so long a holder counts as hanging: it gives one every half second. */
const SILENT_MS = 2_500
/** How long a holder that lives may finish what it is at, unless it says that it is rolling back. */
const PATIENCE_MS = { overdue: 1_000, halt: 3_000 } as const
/** A killed process is gone at once, or waits in the kernel. */
const DEATH_MS = 2_000
/** Nobody can be named, or nobody of ours: then the host comes first. */
const NOBODY_MS = 3_000

/** Why the lock is wanted, asked anew while it is waited for. `overdue`: a record should be back by now. */
export type Urgency = 'halt' | 'overdue' | 'none'

/** For what the lock is wanted. Urgency decides whether its present holder may be killed. */
export interface Wanted {
  urgency(): Promise<Urgency>
  readonly signal?: AbortSignal
  /** Told in a sentence, once for each thing that is waited for. */
  onWaiting?(sentence: string): void
}

/**
 * The lock for rolling back. Who holds it for too long is killed: at once when it is stopped or gives no sign of life,
 * otherwise after a moment, unless it says that it is rolling a record back and still has the time for that. Null: the
 * lock cannot be had, and the host comes first. See docs/decisions/0012-overdue-holder.md.
 * @throws ChaosError `host-busy` when nothing is urgent and the holder stays, or the waiting was called off
 */
export async function takeLock(deps: EngineDeps, wanted: Wanted): Promise<Lock | null> {
  const wait = new Wait(deps, wanted)
  for (;;) {
    try {
      return await deps.locker.acquire(ROUND_MS, { behindTheDead: wait.behindTheDead })
    } catch (thrown) {
      if (!(thrown instanceof ChaosError && thrown.code === 'host-busy')) {
        deps.warn('rolling back without the lock', thrown)
        return null
      }
      wanted.signal?.throwIfAborted()
      if (await wait.isOver(thrown)) return null
    }
  }
}

/** The holder that was seen last, since when it has been in the way, and whether it was killed. */
interface Watched {
  readonly key: string
  readonly sinceMs: number
  killedAtMs: number | null
}

class Wait {
  behindTheDead = false
  readonly #deps: EngineDeps
  readonly #wanted: Wanted
  readonly #beganMs = performance.now()
  readonly #said = new Set<string>()
  /** Since when it is urgent, and nobody of ours is seen to hold it. */
  #nobodySinceMs: number | null = null
  #watched: Watched | null = null

  constructor(deps: EngineDeps, wanted: Wanted) {
    this.#deps = deps
    this.#wanted = wanted
  }

  /** After one round without the lock: looks who holds it, and does something about it. True: go on without it. */
  async isOver(busy: ChaosError): Promise<boolean> {
    const urgency = await this.#wanted.urgency()
    if (urgency === 'none' && performance.now() - this.#beganMs > LONGEST_MS) throw busy
    const holder = this.#deps.locker.holder?.({ behindTheDead: this.behindTheDead }) ?? null
    if (holder === null || !holder.isAgent) return this.#isWithoutHolder(holder, urgency)
    this.#nobodySinceMs = null
    if (holder.isDying) return this.#isBehind(holder)
    this.#say(sentenceAbout(holder))
    if (urgency === 'none') {
      this.#watched = null
      return false
    }
    return this.#isUndead(holder, urgency)
  }

  /** Nobody is named: the system does not say, or the holder went in this moment and the lock can be had now. */
  #isWithoutHolder(holder: Holder | null, urgency: Urgency): boolean {
    this.#nobodySinceMs = urgency === 'none' ? null : (this.#nobodySinceMs ?? performance.now())
    if (this.#nobodySinceMs === null || performance.now() - this.#nobodySinceMs < NOBODY_MS) return false
    const who = holder === null ? 'a process that the system does not name' : `process ${holder.pid}, no agent of ours,`
    this.#deps.warn('rolling back without the lock', new Error(`${who} holds it`))
    return true
  }

  /** Killed, but not gone: it does nothing any more, and keeps its lock until the kernel lets it go. */
  #isBehind({ pid }: Holder): boolean {
    const why = new Error(`process ${pid} was killed, and the kernel keeps it waiting for a file system`)
    const how = this.behindTheDead ? 'without the lock' : 'under the second lock'
    this.#deps.warn(`rolling back ${how}`, why)
    if (this.behindTheDead) return true
    this.behindTheDead = true
    return false
  }

  /** Kills the holder once it is in the way for too long. True when it is still there after that. */
  #isUndead(holder: Holder, urgency: 'halt' | 'overdue'): boolean {
    const key = `${holder.pid} ${holder.startTicks}`
    if (this.#watched?.key !== key) this.#watched = { key, sinceMs: performance.now(), killedAtMs: null }
    const watched = this.#watched
    if (watched.killedAtMs === null) {
      const patienceMs = holder.isStopped ? 0 : PATIENCE_MS[urgency]
      if (performance.now() - watched.sinceMs >= patienceMs && !isPuttingBack(holder)) this.#kill(holder, watched)
      return false
    }
    if (performance.now() - watched.killedAtMs < DEATH_MS) return false
    this.#deps.warn('rolling back without the lock', new Error(`process ${holder.pid} was killed and is still there`))
    return true
  }

  #kill(holder: Holder, watched: Watched): void {
    const why = new Error(holder.isStopped ? 'it was stopped' : 'it did not let go of the lock in time')
    this.#deps.warn(`process ${holder.pid}, which held this host, is killed so that the host is rolled back`, why)
    if (this.#deps.locker.kill?.(holder) === true) watched.killedAtMs = performance.now()
  }

  #say(sentence: string): void {
    if (this.#said.has(sentence)) return
    this.#said.add(sentence)
    this.#wanted.onWaiting?.(sentence)
  }
}

/** It lives, and says that it is rolling back a record for which it still has time. */
function isPuttingBack({ isStopped, pulseAgeMs, workLeftMs }: Holder): boolean {
  const isSilent = isStopped || pulseAgeMs === null || pulseAgeMs > SILENT_MS
  return !isSilent && workLeftMs !== null && workLeftMs > 0
}

function sentenceAbout({ pid, isStopped, workLeftMs }: Holder): string {
  const what = isStopped ? 'which is stopped' : workLeftMs !== null ? 'which is rolling back' : 'which is at work'
  return `Waiting for process ${pid}, ${what} on this host.`
}
