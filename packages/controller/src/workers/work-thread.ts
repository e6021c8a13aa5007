import { Worker } from 'node:worker_threads'
import { ChaosError, type ErrorCode, errorCatalogue, type Menu } from '@chaos-lite/shared'
import type { FromWorker, TaskName, ToWorker } from './tasks.ts'

/** Beside this file, with the same ending: `.ts` where the sources run, `.js` where they were built. */
const WORKER = new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
/** A busy machine takes some time to load the program; that is not the job's time. */
const START_MS = 60_000
const MEMORY_MB = 256

/** One job. `menu` is sent only when it differs from the one that the thread has; null: none is checked against. */
export interface Work {
  readonly task: TaskName
  readonly input: unknown
  readonly menu: Menu | null
}

/** One worker thread. It computes one job at a time, and is ended when a job takes too long. */
export class WorkThread {
  readonly #worker: Worker
  readonly #ready: Promise<void>
  #menu: Menu | null = null
  #waiting: { done(message: FromWorker): void; failed(error: Error): void } | null = null
  #over = false
  #lastMs = 0

  constructor() {
    // Node runs the sources as they are; loaders of the main thread (tsx, a test runner's) are neither needed nor passed on.
    this.#worker = new Worker(WORKER, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } })
    this.#worker.on('message', (message: FromWorker) => this.#waiting?.done(message))
    this.#worker.on('error', (error) => this.#end(error instanceof Error ? error : new Error(String(error))))
    this.#worker.on('exit', () => this.#end(new Error('The worker thread has ended.')))
    this.#ready = this.#next(START_MS).then(() => undefined)
    // Whoever gives it work learns of it.
    this.#ready.catch(() => undefined)
    // After the listeners, each of which would keep the process: work that waits keeps nobody from stopping.
    this.#worker.unref()
  }

  /** How long its last job took, in milliseconds. */
  get lastMs(): number {
    return this.#lastMs
  }

  /** It computes nothing any more. */
  get over(): boolean {
    return this.#over
  }

  /** Throws what the job threw; `timed-out` when it took too long; another error when the thread broke. */
  async run({ task, input, menu }: Work, withinMs: number): Promise<unknown> {
    await this.#ready
    if (menu !== null && menu !== this.#menu) this.#post({ type: 'menu', menu })
    if (menu === null && this.#menu !== null) this.#post({ type: 'menu', menu })
    this.#menu = menu
    const begunMs = performance.now()
    const answer = this.#next(withinMs)
    this.#post({ type: 'job', task, input })
    try {
      return resultOf(await answer)
    } finally {
      this.#lastMs = performance.now() - begunMs
    }
  }

  async end(): Promise<void> {
    this.#over = true
    await this.#worker.terminate()
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #next(withinMs: number): Promise<FromWorker> {
    const { promise, resolve, reject } = Promise.withResolvers<FromWorker>()
    const timer = setTimeout(() => {
      const seconds = Math.round(withinMs / 100) / 10
      this.#end(
        new ChaosError('timed-out', `Reading what was sent took more than ${seconds} s; send something smaller.`),
      )
    }, withinMs)
    this.#waiting = { done: resolve, failed: reject }
    return promise.finally(() => {
      clearTimeout(timer)
      this.#waiting = null
    })
  }

  #end(error: Error): void {
    this.#over = true
    this.#waiting?.failed(error)
    void this.#worker.terminate()
  }
}

function resultOf(answer: FromWorker): unknown {
  if (answer.type === 'done') return answer.result
  if (answer.type !== 'failed') throw new Error('The worker thread answered out of turn.')
  const known = answer.code !== null && Object.hasOwn(errorCatalogue, answer.code)
  throw known ? new ChaosError(answer.code as ErrorCode, answer.message) : new Error(answer.message)
}
