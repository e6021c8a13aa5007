import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ChaosError, formatDuration } from '@chaos-lite/shared'
import { markVariable } from '../../program/index.ts'
import type { Finished, RunOptions } from '../host.ts'
import { tool } from './tools.ts'

/** More output than this ends the program: nothing that we ask a system for is longer. */
const maxOutputBytes = 8 * 1024 * 1024

/** A killed program that is not gone after this waits in the kernel, and dies when that lets it go: nobody waits for it. */
const dyingMs = 2_000

/** Plain words from every tool, whatever the language of the host; nothing else of our environment is handed on. */
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
}

/**
 * Runs a program in a process group of its own; the whole group is killed at the time-out, at the abort, or when it says
 * too much. Throws `tool-failed` when it cannot be started, `timed-out` when it does not end, also where not even the
 * kill ends it (a file system that does not answer).
 */
export async function run(argv: readonly [string, ...string[]], options: RunOptions): Promise<Finished> {
  return start(await argvAs(argv, options), argv[0], options)
}

/** What a child process of this agent starts is found by the child's mark, wherever it goes. */
function mark(): Readonly<Record<string, string>> {
  const value = process.env[markVariable]
  return value === undefined ? {} : { [markVariable]: value }
}

function start([program, ...args]: [string, ...string[]], name: string, options: RunOptions): Promise<Finished> {
  const { promise, resolve, reject } = Promise.withResolvers<Finished>()
  if (options.signal?.aborted) throw aborted(name)
  const child = startChild(program, args, options)
  const out: Buffer[] = []
  const err: Buffer[] = []
  let bytes = 0
  let failure: ChaosError | null = null
  let dying: NodeJS.Timeout | null = null
  const kill = (why: ChaosError) => {
    failure ??= why
    killGroup(child.pid)
    dying ??= setTimeout(() => {
      leave(child)
      settle(() => reject(why))
    }, dyingMs)
  }
  const collect = (into: Buffer[]) => (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxOutputBytes) kill(new ChaosError('tool-failed', `${name} wrote more than ${maxOutputBytes} bytes.`))
    else into.push(chunk)
  }
  const late = () =>
    kill(new ChaosError('timed-out', `${name} did not end within ${formatDuration(options.timeoutMs)}.`))
  const timer = setTimeout(late, options.timeoutMs)
  const onAbort = () => kill(aborted(name))
  options.signal?.addEventListener('abort', onAbort, { once: true })
  const settle = (done: () => void) => {
    clearTimeout(timer)
    if (dying !== null) clearTimeout(dying)
    options.signal?.removeEventListener('abort', onAbort)
    done()
  }
  const taken = options.output === undefined ? null : pipeline(child.stdout as Readable, options.output)
  taken?.catch((cause) => kill(cause instanceof ChaosError ? cause : notTaken(name, cause)))
  if (taken === null) child.stdout?.on('data', collect(out))
  child.stderr?.on('data', collect(err))
  // A program may end without reading its input: the broken pipe is no news.
  child.stdin?.on('error', () => {})
  if (options.inputFrom !== undefined && child.stdin) feed(options.inputFrom, child.stdin)
  else child.stdin?.end(options.input)
  child.on('error', (cause) =>
    settle(() => reject(new ChaosError('tool-failed', `${name} could not be started: ${cause.message}.`, { cause }))),
  )
  child.on('close', async (code, signal) => {
    await taken?.catch(() => undefined)
    settle(() => {
      if (failure) reject(failure)
      else resolve({ code, signal, stdout: text(out), stderr: text(err) })
    })
  })
  return promise
}

/** Nothing of it keeps this process, or a thread of it, waiting. */
function leave(child: ChildProcess): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy()
  child.unref()
}

/** In a process group of its own. A program gets the umask of the moment in which it is started. */
function startChild(program: string, args: readonly string[], options: RunOptions) {
  const piped = options.input !== undefined || options.inputFrom !== undefined
  const umask = options.umask === undefined ? null : process.umask(options.umask)
  try {
    return spawn(program, args, {
      cwd: options.cwd ?? '/',
      detached: true,
      env: { ...environment, ...mark(), ...options.env },
      stdio: [options.inputFd ?? (piped ? 'pipe' : 'ignore'), 'pipe', 'pipe'],
    })
  } finally {
    if (umask !== null) process.umask(umask)
  }
}

/** Also what a program does not read is taken from the source, which may have more to say at its end. */
function feed(from: Readable, to: Writable): void {
  const goOn = () => {
    from.unpipe(to)
    from.resume()
  }
  to.on('error', goOn)
  to.on('close', goOn)
  from.on('error', () => {})
  from.on('close', () => to.end())
  from.pipe(to)
}

function notTaken(program: string, cause: unknown): ChaosError {
  return new ChaosError('tool-failed', `What ${program} wrote could not be taken.`, { cause })
}

async function argvAs(argv: readonly [string, ...string[]], options: RunOptions): Promise<[string, ...string[]]> {
  const { as: account } = options
  const program = argv[0].includes('/') ? argv[0] : tool(argv[0])
  if (!program) throw new ChaosError('tool-failed', `${argv[0]} is not installed on this host.`)
  if (account === undefined) return [program, ...argv.slice(1)]
  // These tools take digits for a user id, and `0` is root.
  if (/^\d*$/.test(account))
    throw new ChaosError('not-there', `The name service of this host knows no account ${account}.`)
  const setpriv = tool('setpriv')
  if (setpriv) {
    const identity = [`--reuid=${account}`, `--regid=${await primaryGroup(account, options)}`, '--init-groups']
    return [setpriv, ...identity, '--inh-caps=-all', '--no-new-privs', '--', program, ...argv.slice(1)]
  }
  const runuser = tool('runuser')
  if (runuser) return [runuser, '-u', account, '--', program, ...argv.slice(1)]
  throw new ChaosError(
    'tool-failed',
    'Neither setpriv nor runuser is installed: nothing can be run as another account.',
  )
}

/** Not every account has a group of its own name: `nobody` has `nogroup`. */
async function primaryGroup(account: string, { timeoutMs, signal }: RunOptions): Promise<string> {
  const asked = await run(['id', '-g', '--', account], { timeoutMs, ...(signal === undefined ? {} : { signal }) })
  const group = asked.stdout.trim()
  if (asked.code === 0 && /^\d+$/.test(group)) return group
  throw new ChaosError('not-there', `The name service of this host knows no account ${account}.`)
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself in the meantime.
  }
}

function aborted(program: string): ChaosError {
  return new ChaosError('timed-out', `${program} was ended because its task was.`)
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}
