import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { ChaosError } from '@chaos-lite/shared'
import { mortal } from '../host/index.ts'
import { type Command, markVariable, ownCommand } from '../program/index.ts'
import { errorOf, type Order, Said } from './messages.ts'
import type { TaskName } from './tasks.ts'
import { endTree } from './tree.ts'

/** More than this in one line, or on standard error, no task has to say. */
const MOST_LINE_BYTES = 16 * 1024 * 1024
const MOST_ERROR_BYTES = 4096
const LAST_WORDS_MS = 250
/** What a child needs of our environment to find the same files. */
const HANDED_ON = ['CHAOS_LITE_ROOT', 'CHAOS_LITE_SIMULATED', 'NODE_COMPILE_CACHE', 'NODE_EXTRA_CA_CERTS', 'TZ']

interface Asked {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
  readonly onNews: (news: unknown) => void
}

/** A process of this agent that does one kind of work, and that can be killed with all it started at any moment. */
export class Child {
  /** Resolves when nothing of it is heard any more. A process that waits in the kernel may be left; it does nothing. */
  readonly ended: Promise<void>
  readonly #task: TaskName
  readonly #process: ChildProcessWithoutNullStreams
  readonly #mark = randomBytes(16).toString('hex')
  readonly #asked = new Map<number, Asked>()
  readonly #end = Promise.withResolvers<void>()
  #lastId = 0
  #said: Buffer[] = []
  #saidBytes = 0
  #errors = ''
  #over: ChaosError | null = null

  constructor(task: TaskName, command: Command = ownCommand(), env: Readonly<Record<string, string>> = {}) {
    this.#task = task
    this.ended = this.#end.promise
    const [program, ...args] = mortal([...command, 'child', task])
    // A folder that can be unmounted by nobody's leave, a group of its own, and no more of our environment than it needs.
    const child = spawn(program, args, { cwd: '/', detached: true, env: { ...this.#environment(), ...env } })
    this.#process = child
    child.stdin.on('error', () => undefined)
    child.stdout.on('data', (chunk: Buffer) => this.#hear(chunk))
    child.stderr.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString('utf8')).slice(-MOST_ERROR_BYTES)
    })
    child.once('error', (cause) => this.#finish(`it could not be started: ${cause.message}`))
    child.once('exit', (code, signal) => {
      // What it said last may still be on its way; and whom it started may hold the pipe for ever.
      const how = `it ended with ${signal ?? code}`
      const late = setTimeout(() => this.#finish(how), LAST_WORDS_MS)
      child.once('close', () => {
        clearTimeout(late)
        this.#finish(how)
      })
    })
  }

  get pid(): number | null {
    return this.#process.pid ?? null
  }

  get isOver(): boolean {
    return this.#over !== null
  }

  /** The answer to one order. @throws ChaosError what the task threw; `tool-failed`, `timed-out` when the child ended */
  ask(input: unknown, onNews: (news: unknown) => void = () => undefined): Promise<unknown> {
    if (this.#over !== null) return Promise.reject(this.#over)
    this.#lastId += 1
    const order = { id: this.#lastId, input: (input === undefined ? null : input) as Order['input'] } satisfies Order
    return new Promise((resolve, reject) => {
      this.#asked.set(order.id, { resolve, reject, onNews })
      this.#process.stdin.write(`${JSON.stringify(order)}\n`)
    })
  }

  /** Lets it end by itself: it is needed no longer. */
  release(): void {
    this.#process.stdin.end()
  }

  /** Does not keep this process alive by itself. */
  unref(): void {
    this.#process.unref()
    for (const stream of [this.#process.stdin, this.#process.stdout, this.#process.stderr]) {
      ;(stream as unknown as { unref?: () => void }).unref?.()
    }
  }

  /** Kills it with everything that it started. Whatever was asked is answered with `why`. Never throws. */
  async kill(why = new ChaosError('timed-out', `The ${this.#task} process was ended.`)): Promise<void> {
    this.#close(why)
    const { pid } = this.#process
    if (pid !== undefined) await endTree(pid, this.#mark)
    this.#process.stdin.destroy()
    this.#process.stdout.destroy()
    this.#process.stderr.destroy()
    this.#process.unref()
    this.#end.resolve()
  }

  #environment(): Record<string, string> {
    const handed = HANDED_ON.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value] as const]
    })
    const own = { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', [markVariable]: this.#mark }
    return { ...Object.fromEntries(handed), ...own }
  }

  #hear(chunk: Buffer): void {
    let rest = chunk
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = Buffer.concat([...this.#said, rest.subarray(0, end)]).toString('utf8')
      this.#said = []
      this.#saidBytes = 0
      rest = rest.subarray(end + 1)
      this.#take(line)
    }
    this.#said.push(rest)
    this.#saidBytes += rest.length
    if (this.#saidBytes > MOST_LINE_BYTES) void this.kill(this.#failed(`it said more than ${MOST_LINE_BYTES} bytes`))
  }

  #take(line: string): void {
    if (this.#over !== null) return
    const said = parsed(line)
    const asked = said === null ? undefined : this.#asked.get(said.id)
    if (said === null || asked === undefined) {
      void this.kill(this.#failed('it said what nobody understands'))
      return
    }
    if ('news' in said) {
      asked.onNews(said.news)
      return
    }
    this.#asked.delete(said.id)
    if ('answer' in said) asked.resolve(said.answer)
    else asked.reject(errorOf(said.failed))
  }

  #failed(how: string): ChaosError {
    const words = this.#errors.trim() === '' ? '' : `: ${this.#errors.trim().split('\n').at(-1)?.slice(0, 300)}`
    return new ChaosError('tool-failed', `The ${this.#task} process of the agent failed: ${how}${words}`)
  }

  #finish(how: string): void {
    if (this.#over === null) void this.kill(this.#failed(how))
  }

  #close(why: ChaosError): void {
    this.#over ??= why
    for (const { reject } of this.#asked.values()) reject(this.#over)
    this.#asked.clear()
  }
}

function parsed(line: string): Said | null {
  try {
    return Said.parse(JSON.parse(line))
  } catch {
    return null
  }
}
