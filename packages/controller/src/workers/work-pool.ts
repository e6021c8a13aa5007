import { ChaosError, type Menu } from '@chaos-lite/shared'
import { FairQueue } from './fair-queue.ts'
import type { InputOf, ResultOf, TaskName } from './tasks.ts'
import { type Work, WorkThread } from './work-thread.ts'

/** So many are computed at once; of one person, one. */
const THREADS = 2
const WAITING = { perKey: 8, total: 64 }
const DEADLINE_MS = 5_000

/**
 * Whose key the controller's own work has: drills of its folder. It waits its turn like everybody's, and is never refused:
 * however much people ask for, a drill on the timetable is read.
 */
export const OWN_WORK = 'the controller'

interface Job extends Work {
  readonly done: (result: unknown) => void
  readonly failed: (error: unknown) => void
}

/** Computes beside the event loop what somebody else decides the length of. */
export interface Workers {
  /**
   * `key` says for whom: everybody has their turn. Throws what the task threw, `timed-out` when it took too long, `too-many`
   * when too much waits.
   */
  run<Name extends TaskName>(
    task: Name,
    input: InputOf<Name>,
    options: { readonly key: string; readonly menu?: Menu | null },
  ): Promise<ResultOf<Name>>
}

/** Threads are started when they are needed, kept, and replaced when a job was too long for them. */
export class WorkPool implements Workers, AsyncDisposable {
  readonly #deadlineMs: number
  readonly #onSpent: (key: string, ms: number) => void
  readonly #queue = new FairQueue<Job>(WAITING)
  readonly #idle: WorkThread[] = []
  readonly #busy = new Map<string, WorkThread>()
  #closed = false

  /** @param options.onSpent receives how long a job of somebody took */
  constructor(options: { readonly deadlineMs?: number; readonly onSpent?: (key: string, ms: number) => void } = {}) {
    this.#onSpent = options.onSpent ?? (() => undefined)
    this.#deadlineMs = options.deadlineMs ?? DEADLINE_MS
  }

  run<Name extends TaskName>(
    task: Name,
    input: InputOf<Name>,
    { key, menu = null }: { readonly key: string; readonly menu?: Menu | null },
  ): Promise<ResultOf<Name>> {
    const always = key === OWN_WORK
    return new Promise<ResultOf<Name>>((resolve, reject) => {
      const job = { task, input, menu, done: (result: unknown) => resolve(result as ResultOf<Name>), failed: reject }
      if (this.#closed) reject(new ChaosError('wrong-state', 'The controller is shutting down.'))
      else if (!this.#queue.add(key, job, { always }))
        reject(new ChaosError('too-many', 'Too much waits to be read already; ask again in some seconds.'))
      else this.#next()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const { failed } of this.#queue.drain())
      failed(new ChaosError('wrong-state', 'The controller is shutting down.'))
    await Promise.all([...this.#idle, ...this.#busy.values()].map((thread) => thread.end()))
  }

  #next(): void {
    while (!this.#closed && this.#busy.size < THREADS) {
      const taken = this.#queue.take((key) => !this.#busy.has(key))
      if (taken === null) return
      const thread = this.#idle.pop() ?? new WorkThread()
      this.#busy.set(taken.key, thread)
      void this.#compute(taken.key, taken.job, thread)
    }
  }

  /** Never rejects. */
  async #compute(key: string, job: Job, thread: WorkThread): Promise<void> {
    await thread.run(job, this.#deadlineMs).then(job.done, job.failed)
    this.#onSpent(key, thread.lastMs)
    this.#busy.delete(key)
    if (!thread.over) this.#idle.push(thread)
    this.#next()
  }
}
