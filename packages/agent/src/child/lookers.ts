import { ChaosError } from '@chaos-lite/shared'
import * as z from 'zod'
import type { Apart, Sighting } from '../probes/index.ts'
import type { Command } from '../program/index.ts'
import { Child } from './start.ts'

/** So many look at once; the next ones wait for a place, and for no longer than their probe may take. */
const MOST = 4
/** Children that were killed and are still there, because the kernel keeps them: more of them would help nobody. */
const MOST_LEFT = 16
/** A child without work ends. */
const IDLE_MS = 20_000

const Seen = z.union([
  z.strictObject({
    evaluated: z.literal(true),
    value: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    message: z.string().nullable(),
  }),
  z.strictObject({ evaluated: z.literal(false), message: z.string() }),
])

/** Children of this agent that look with probes, one look at a time; kept for the next look while they answer. */
export class Lookers implements Disposable {
  readonly #command: Command | undefined
  readonly #idle = new Map<Child, NodeJS.Timeout>()
  readonly #left = new Set<number>()
  readonly #waiting: (() => void)[] = []
  #busy = 0

  constructor(command?: Command) {
    this.#command = command
  }

  /** As `Apart`. */
  readonly look: Apart = async (probe, params, signal) => {
    await this.#place(signal)
    try {
      return await this.#lookWith(this.#take(), { probe, params }, signal)
    } finally {
      this.#busy -= 1
      this.#waiting.shift()?.()
    }
  };

  [Symbol.dispose](): void {
    for (const child of [...this.#idle.keys()]) this.#release(child)
  }

  async #lookWith(child: Child, order: object, signal: AbortSignal): Promise<Sighting> {
    const onAbort = () => {
      if (child.pid !== null) this.#left.add(child.pid)
      void child.kill(new ChaosError('timed-out', 'The look was ended: it took too long, or is not wanted any more.'))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const sighting = Seen.parse(await child.ask(order))
      this.#keep(child)
      return sighting
    } catch (thrown) {
      // What the probe itself said leaves the child as good as before.
      if (!child.isOver) this.#keep(child)
      throw thrown
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  async #place(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#busy < MOST) {
      this.#busy += 1
      return
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave)
        this.#busy += 1
        resolve()
      }
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1)
        reject(signal.reason as Error)
      }
      this.#waiting.push(enter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  #take(): Child {
    for (const child of this.#idle.keys()) {
      clearTimeout(this.#idle.get(child))
      this.#idle.delete(child)
      if (!child.isOver) return child
    }
    for (const pid of this.#left) if (!isThere(pid)) this.#left.delete(pid)
    if (this.#left.size >= MOST_LEFT) {
      const why = `${this.#left.size} earlier looks wait in the kernel for a file system that does not answer`
      throw new ChaosError('too-many', `Not looked at: ${why}.`)
    }
    const child = new Child('look', this.#command)
    child.unref()
    return child
  }

  #keep(child: Child): void {
    const idle = setTimeout(() => this.#release(child), IDLE_MS)
    idle.unref()
    this.#idle.set(child, idle)
  }

  #release(child: Child): void {
    clearTimeout(this.#idle.get(child))
    this.#idle.delete(child)
    child.release()
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
