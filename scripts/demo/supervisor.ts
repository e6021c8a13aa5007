import { type ChildProcess, spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import {
  type SupervisedService,
  type SupervisorReply,
  SupervisorRequest,
} from '../../packages/agent/src/host/linux/services/supervisor-protocol.ts'

const STOP_MS = 5_000
const START_MS = 10_000

interface Definition {
  readonly service: string
  readonly argv: readonly [string, ...string[]]
  /** Sent to its process when it is reloaded; without it, it offers no reload. */
  readonly reload?: NodeJS.Signals
  /** Files that it is said to read when it is started and when it is reloaded. */
  readonly reads?: readonly string[]
}

/** The service manager of a demo host: its services are child processes, asked for over a unix socket. */
export class Supervisor {
  readonly #definitions: readonly Definition[]
  readonly #running = new Map<string, { child: ChildProcess; startedMonoUs: number }>()
  readonly #read = new Map<string, string>()
  #server: Server | null = null

  constructor(definitions: readonly Definition[]) {
    this.#definitions = definitions
  }

  async listen(path: string): Promise<void> {
    this.#server = createServer((socket) => this.#serve(socket))
    this.#server.listen(path)
    await once(this.#server, 'listening')
  }

  async startAll(): Promise<void> {
    for (const { service } of this.#definitions) await this.#start(service)
  }

  async close(): Promise<void> {
    this.#server?.close()
    for (const service of [...this.#running.keys()]) await this.#stop(service)
  }

  /** Whether the service's process is there now. */
  isRunning(service: string): boolean {
    return this.#running.has(service)
  }

  /** The digest of what its files held when it was last started or reloaded; empty where it reads none. */
  lastRead(service: string): string {
    return this.#read.get(service) ?? ''
  }

  #serve(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    const lines = createInterface({ input: socket })
    let last: Promise<unknown> = Promise.resolve()
    // One reply per request, in the order asked.
    lines.on('line', (text) => {
      last = last.then(async () => socket.write(`${JSON.stringify(await this.#answer(text))}\n`))
    })
    lines.on('error', () => socket.destroy())
  }

  async #answer(text: string): Promise<SupervisorReply> {
    try {
      const request = SupervisorRequest.parse(JSON.parse(text))
      if (request.op === 'start') await this.#start(request.service)
      if (request.op === 'stop') await this.#stop(request.service)
      if (request.op === 'reload') this.#reload(request.service)
      return { ok: true, state: this.#state(request.service) }
    } catch (error) {
      return { ok: false, code: 'failed', message: String(error).slice(0, 500) }
    }
  }

  #state(service: string): SupervisedService {
    const running = this.#running.get(service)
    return {
      service,
      exists: this.#definitions.some((one) => one.service === service),
      running: running !== undefined,
      pid: running?.child.pid ?? 0,
      startedMonoUs: running?.startedMonoUs ?? 0,
      stopTimeoutMs: STOP_MS,
      startTimeoutMs: START_MS,
      canReload: this.#definitions.some((one) => one.service === service && one.reload !== undefined),
    }
  }

  /** A service runs when it has said so on its standard output. */
  async #start(service: string): Promise<void> {
    const definition = this.#definitions.find((one) => one.service === service)
    if (definition === undefined || this.#running.has(service)) return
    this.#readFiles(definition)
    const [command, ...args] = definition.argv
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    const startedMonoUs = Math.round(Number(process.hrtime.bigint() / 1000n))
    this.#running.set(service, { child, startedMonoUs })
    child.on('exit', () => {
      if (this.#running.get(service)?.child === child) this.#running.delete(service)
    })
    const ended = once(child, 'exit').then(() => {
      throw new Error(`${service} ended at once`)
    })
    ended.catch(() => undefined)
    await Promise.race([once(child.stdout, 'data'), ended])
  }

  #reload(service: string): void {
    const definition = this.#definitions.find((one) => one.service === service)
    if (definition?.reload === undefined) throw new Error(`${service} offers no reload`)
    if (this.#running.get(service)?.child.kill(definition.reload) !== true) throw new Error(`${service} does not run`)
    this.#readFiles(definition)
  }

  #readFiles({ service, reads = [] }: Definition): void {
    if (reads.length === 0) return
    const texts = reads.map((path) => (existsSync(path) ? readFileSync(path, 'latin1') : 'missing'))
    this.#read.set(service, hash('sha256', texts.join('\0')))
  }

  async #stop(service: string): Promise<void> {
    const running = this.#running.get(service)
    if (running === undefined) return
    const gone = once(running.child, 'exit')
    running.child.kill('SIGTERM')
    const timer = setTimeout(() => running.child.kill('SIGKILL'), STOP_MS)
    await gone
    clearTimeout(timer)
  }
}
