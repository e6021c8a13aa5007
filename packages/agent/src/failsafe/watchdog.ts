import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import type { RecordHead } from '../journal/index.ts'
import type { Command } from '../program/index.ts'
import type { Failsafe } from './failsafe.ts'
import { writeOrder } from './watch-order.ts'

/*
 * Agent and watchdog speak in lines. Watchdog: `ready`. Agent: the record's id. Watchdog: `watching ID`, after it has
 * read the record; from then on it needs nobody. The agent's end without an order ends an idle watchdog too.
 */
const START_MS = 15_000

interface Waiting {
  readonly child: ChildProcess
  readonly stdin: Writable
  readonly stdout: Readable
  readonly lines: AsyncIterator<string>
}

class WatchdogFailsafe implements Failsafe {
  readonly survives = 'process'
  readonly #command: () => Promise<Command>
  readonly #armed = new Map<string, ChildProcess>()
  #spare: Promise<Waiting> | null = null

  constructor(command: () => Promise<Command>) {
    this.#command = command
  }

  describe(): string {
    return 'A process of its own rolls back when the agent does not.'
  }

  async check(): Promise<string> {
    try {
      await this.#takeSpare()
      return 'a watchdog process was started for trial just now, and is ready'
    } catch (thrown) {
      this.#spare = null
      throw new ChaosError('failsafe-unavailable', `The watchdog could not be started: ${sentenceOf(thrown)}`)
    }
  }

  async warm(): Promise<void> {
    await this.#takeSpare().catch(() => {
      this.#spare = null
    })
  }

  async arm(head: RecordHead): Promise<void> {
    let waiting: Waiting | null = null
    try {
      waiting = await this.#takeSpare()
      this.#spare = null
      waiting.stdin.write(`${writeOrder(head)}\n`)
      await expectLine(waiting, `watching ${head.recordId}`)
    } catch (thrown) {
      this.#spare = null
      waiting?.child.kill('SIGKILL')
      const reason = `The watchdog could not be started: ${sentenceOf(thrown)}`
      throw new ChaosError('failsafe-unavailable', `${reason}. Nothing was touched.`, { cause: thrown })
    }
    letGo(waiting)
    this.#armed.set(head.recordId, waiting.child)
  }

  async disarm(recordId: string): Promise<void> {
    // It has nothing left to do or to tidy up. A watchdog of another process sees by itself that its record is gone.
    this.#armed.get(recordId)?.kill('SIGKILL')
    this.#armed.delete(recordId)
  }

  /** Each watchdog sees by itself that its record is gone. */
  async sweep(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    const spare = await this.#spare?.catch(() => null)
    this.#spare = null
    spare?.stdin.end()
    if (spare !== null && spare !== undefined) letGo(spare)
  }

  #takeSpare(): Promise<Waiting> {
    if (this.#spare !== null) return this.#spare
    const starting = this.#command().then(start)
    this.#spare = starting
    starting.then(
      ({ child }) =>
        child.once('exit', () => {
          if (this.#spare === starting) this.#spare = null
        }),
      () => undefined,
    )
    return starting
  }
}

/** Starts an idle watchdog in a session of its own, so that no signal to the agent's group reaches it. */
async function start(command: Command): Promise<Waiting> {
  const [file, ...first] = command
  const child = spawn(file, [...first, 'watchdog'], { detached: true, cwd: '/', stdio: ['pipe', 'pipe', 'ignore'] })
  const { stdin, stdout } = child
  stdin.on('error', () => undefined)
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`it ended at once with ${signal ?? code}`)))
  })
  failed.catch(() => undefined)
  const waiting = { child, stdin, stdout, lines: createInterface(stdout)[Symbol.asyncIterator]() }
  try {
    await Promise.race([expectLine(waiting, 'ready'), failed])
  } catch (thrown) {
    child.kill('SIGKILL')
    throw thrown
  }
  return waiting
}

async function expectLine(waiting: Waiting, expected: string): Promise<void> {
  const late = setTimeout(() => waiting.child.kill('SIGKILL'), START_MS)
  try {
    const { value, done } = await waiting.lines.next()
    if (done === true) throw new Error(`it ended before it said "${expected}"`)
    if (value !== expected) throw new Error(`it said "${value}", expected "${expected}"`)
  } finally {
    clearTimeout(late)
  }
}

/** The watchdog lives on by itself; this process no longer waits for it. */
function letGo({ child, stdin, stdout }: Waiting): void {
  stdin.destroy()
  stdout.destroy()
  child.unref()
}

/** For hosts without systemd: a detached process for each record. Started by `command` with `watchdog`. */
export function watchdogFailsafe(command: () => Promise<Command>): Failsafe {
  return new WatchdogFailsafe(command)
}
