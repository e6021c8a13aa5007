import { ChaosError } from '@chaos-lite/shared'
import { FairQueue } from '../workers/index.ts'

/** Long answers that are sent at once, and that wait for it. */
const AT_ONCE = { perKey: 4, total: 16 }
const WAITING = { perKey: 16, total: 256 }

/** Lets a bounded number of long answers through at once, everybody in turn. */
export class Turnstile {
  readonly #inside = new Map<string, number>()
  readonly #queue = new FairQueue<() => void>(WAITING)
  #total = 0

  /** Resolves when it is this one's turn, with what gives the place back (once). Throws `too-many` when too much waits. */
  async enter(key: string): Promise<() => void> {
    const turn = new Promise<void>((resolve, reject) => {
      if (!this.#queue.add(key, resolve))
        reject(new ChaosError('too-many', 'Too many long answers are waited for already; ask again in some seconds.'))
    })
    this.#admit()
    await turn
    let left = false
    return () => {
      if (left) return
      left = true
      this.#leave(key)
    }
  }

  #admit(): void {
    while (this.#total < AT_ONCE.total) {
      const next = this.#queue.take((key) => (this.#inside.get(key) ?? 0) < AT_ONCE.perKey)
      if (next === null) return
      this.#total += 1
      this.#inside.set(next.key, (this.#inside.get(next.key) ?? 0) + 1)
      next.job()
    }
  }

  #leave(key: string): void {
    this.#total -= 1
    const left = (this.#inside.get(key) ?? 1) - 1
    if (left === 0) this.#inside.delete(key)
    else this.#inside.set(key, left)
    this.#admit()
  }
}
