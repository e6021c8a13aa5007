import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'

/** How a program ended. A program killed by a signal has code 128 + 9 or the like, as in a shell. */
export type RunResult = { code: number; stdout: string; stderr: string }

export type RunOptions = {
  /** Sent to standard input, or an open file descriptor to read from. Without it, standard input is empty. */
  input?: string | Uint8Array | number
  /** The whole environment; the caller's own when left out. */
  env?: Record<string, string>
  /** After this time the program is killed and the call fails. */
  timeoutMs?: number
  /** false: a non-zero exit code is an answer, not an error. */
  check?: boolean
  cwd?: string
}

/** A program of the lab could not be run, failed, or took too long. Its sentence carries what the program said. */
export class LabError extends Error {
  override name = 'LabError'
  /** How the program ended, if it ended by itself. */
  readonly result: RunResult | undefined
  /** Whether it was killed for taking too long. */
  readonly timedOut: boolean

  constructor(message: string, options: { result?: RunResult; timedOut?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.result = options.result
    this.timedOut = options.timedOut ?? false
  }
}

/** Runs a program with an argument array, never through a shell, and collects what it says. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [program, ...args] = argv
  if (program === undefined) throw new LabError('run: the argument array is empty')
  const result = await collect(program, args, options)
  if (result.code !== 0 && (options.check ?? true)) throw new LabError(sentence(argv, result), { result })
  return result
}

function collect(program: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { promise, resolve, reject } = Promise.withResolvers<RunResult>()
  const stdin = typeof options.input === 'number' ? options.input : options.input === undefined ? 'ignore' : 'pipe'
  const stdio: StdioOptions = [stdin, 'pipe', 'pipe']
  const child = spawn(program, args, { stdio, env: options.env ?? process.env, cwd: options.cwd, detached: true })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin?.on('error', () => {}) // the program may end without reading its input
  if (typeof options.input !== 'number' && options.input !== undefined) child.stdin?.end(options.input)
  const timer = setTimeout(() => {
    killGroup(child)
    const message = `${program} took longer than ${options.timeoutMs} ms: ${args.join(' ')}`
    reject(new LabError(message, { timedOut: true }))
  }, options.timeoutMs ?? 600_000)
  child.on('error', (cause) => reject(new LabError(`${program} could not be started`, { cause })))
  child.on('close', (code, signal) => {
    clearTimeout(timer)
    resolve({ code: code ?? 128 + (signal === 'SIGKILL' ? 9 : 15), stdout: text(out), stderr: text(err) })
  })
  return promise
}

/** Ends the program and what it started: nsenter leaves its work to a child that would outlive it. */
function killGroup(child: ChildProcess): void {
  for (const stream of [child.stdout, child.stderr]) stream?.destroy()
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // it ended by itself at the last moment
  }
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}

function sentence(argv: readonly string[], result: RunResult): string {
  const said = (result.stderr.trim() || result.stdout.trim()).slice(-2000)
  return `${argv.join(' ')} exited with ${result.code}${said === '' ? '' : `: ${said}`}`
}
