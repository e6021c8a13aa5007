import { ChaosError } from '@chaos-lite/shared'
import type { Logger } from 'pino'
import type { Store, StoredLogIn } from '../../store/index.ts'

/** More log-ins than this do not wait for room: the oldest is forgotten, and its owner logs in again. */
const WAITING_MAX = 1_000
const AGAIN_MS = 1_000

/**
 * Log-ins that need no disk: whoever must stop a drill gets in even while the store cannot be written. What waits is in
 * memory, counts at once, and is stored as soon as there is room; a restart of the controller before that ends it.
 */
export class LogIns {
  readonly #stored: Store['logIns']
  readonly #log: Logger
  readonly #waiting = new Map<string, StoredLogIn>()
  /** Ended, and not removed from the store yet. */
  readonly #ended = new Set<string>()
  #again: NodeJS.Timeout | null = null

  constructor(stored: Store['logIns'], log: Logger) {
    this.#stored = stored
    this.#log = log
  }

  async put(logIn: StoredLogIn): Promise<void> {
    try {
      await this.#stored.put(logIn)
      this.#waiting.delete(logIn.hash)
    } catch (error) {
      this.#rethrowUnlessFull(error)
      this.#waiting.delete(logIn.hash)
      this.#waiting.set(logIn.hash, logIn)
      for (const hash of this.#waiting.keys()) {
        if (this.#waiting.size <= WAITING_MAX) break
        this.#waiting.delete(hash)
      }
      this.#tryAgain()
    }
  }

  async get(hash: string, nowMs: number): Promise<StoredLogIn | null> {
    if (this.#ended.has(hash)) return null
    const waiting = this.#waiting.get(hash)
    if (waiting !== undefined) return waiting.expiresMs > nowMs ? waiting : null
    return this.#stored.get(hash, nowMs)
  }

  /** It is dead when this returns, whatever the disk does. */
  async remove(hash: string): Promise<void> {
    this.#waiting.delete(hash)
    try {
      await this.#stored.remove(hash)
    } catch (error) {
      this.#rethrowUnlessFull(error)
      this.#ended.add(hash)
      this.#tryAgain()
    }
  }

  /** Nobody depends on it: those of older epochs and those that have expired let nobody in. */
  async sweep(nowMs: number): Promise<void> {
    for (const [hash, { expiresMs }] of this.#waiting) if (expiresMs <= nowMs) this.#waiting.delete(hash)
    await this.#stored.sweep(nowMs).catch((error: unknown) => this.#rethrowUnlessFull(error))
  }

  close(): void {
    if (this.#again !== null) clearTimeout(this.#again)
    this.#again = null
  }

  #rethrowUnlessFull(error: unknown): void {
    if (!(error instanceof ChaosError && error.code === 'storage-full')) throw error
    this.#log.error({ err: error }, 'a log-in, or its end, is kept in memory until the store can be written')
  }

  #tryAgain(): void {
    this.#again ??= setTimeout(() => {
      this.#again = null
      this.#storeWaiting().catch((error: unknown) => this.#log.error({ err: error }, 'log-ins could not be stored'))
    }, AGAIN_MS).unref()
  }

  async #storeWaiting(): Promise<void> {
    const [[, waiting] = []] = this.#waiting
    const [ended] = this.#ended
    try {
      if (waiting !== undefined) await this.#stored.put(waiting)
      if (ended !== undefined) await this.#stored.remove(ended)
    } catch (error) {
      this.#rethrowUnlessFull(error)
      return this.#tryAgain()
    }
    if (waiting !== undefined && this.#waiting.get(waiting.hash) === waiting) this.#waiting.delete(waiting.hash)
    // It was ended while it was being stored.
    else if (waiting !== undefined && !this.#waiting.has(waiting.hash)) await this.remove(waiting.hash)
    if (ended !== undefined) this.#ended.delete(ended)
    if (this.#waiting.size + this.#ended.size > 0) await this.#storeWaiting()
  }
}
