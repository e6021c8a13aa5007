import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { within } from './within.ts'

/** How long an agent may take to roll back and to end: a service has 5 s to stop and 10 s to start. */
export const AGENT_MS = 25_000
/** The exit code of a host whose agent did not end and was killed. */
export const AGENT_KILLED = 3
/** The same for the whole host, which waits for its agent first. */
const HOST_MS = AGENT_MS + 15_000
const KEPT_LINES = 40

interface Given {
  readonly name: string
  readonly folder: string
  /** Leads a process group of its own. */
  readonly process: ChildProcess
  readonly say: (sentence: string) => void
}

/** One demo host: its first process, and what that says of its agent. */
export class RunningHost {
  readonly name: string
  readonly folder: string
  readonly process: ChildProcess
  readonly #say: Given['say']
  readonly #ready: Promise<void>
  #agentPid: number | null = null

  constructor({ name, folder, process, say }: Given) {
    this.name = name
    this.folder = folder
    this.process = process
    this.#say = say
    this.#ready = this.#listen()
    this.#ready.catch(() => undefined)
  }

  /** The process of its agent now. */
  get agentPid(): number | null {
    return this.#agentPid
  }

  /** Resolves when the host says that it is ready; else throws with what it printed before. */
  ready(): Promise<void> {
    return this.#ready
  }

  /** Ends it within a bounded time, and says so when it could not roll itself back. */
  async end(withinMs = HOST_MS): Promise<void> {
    const { process: child } = this
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.stdin?.end()
    const ended = await within(withinMs, gone)
    if (ended === 'in time' && child.exitCode === 0) return
    // Also what the first process has left behind.
    if (child.pid !== undefined) killGroup(child.pid)
    this.#say(
      `${this.name}: its agent did not end and was killed; if a failure was in place there, it was not rolled back. That concerns ${this.folder} and the demo's own processes only: nothing of this machine was changed.`,
    )
  }

  #listen(): Promise<void> {
    const { process: child, name } = this
    const printed: string[] = []
    return new Promise((resolve, reject) => {
      if (child.stdout === null) throw new Error(`Nothing can be read from the demo host ${name}.`)
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [, pid] = /^agent (\d+)$/.exec(line) ?? []
        if (pid !== undefined) this.#agentStarted(Number(pid))
        if (line === 'ready') resolve()
        if (printed.push(line) > KEPT_LINES) printed.shift()
      })
      child.on('error', reject)
      child.on('exit', (code) =>
        reject(new Error(`The demo host ${name} ended with exit code ${code}. ${printed.join('\n')}`)),
      )
    })
  }

  #agentStarted(pid: number): void {
    const again = this.#agentPid === null ? 'runs' : 'was started again'
    this.#agentPid = pid
    this.#say(`${this.name}: its agent ${again} (process ${pid})`)
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // None of it is left.
  }
}
