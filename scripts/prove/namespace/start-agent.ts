import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../../lab/wait.ts'
import { countsOf, struckIn, traced } from '../calls.ts'
import type { Ended, Start } from '../world.ts'

/** Longer than any budget of a drill here; reached only when something hangs. */
const LONGEST_MS = 90_000
const DYING_MS = 5_000
/** An agent whose threads hang while it holds a failure ends itself before this. */
const HANGING_MS = 6_000
const LOOK_EVERY_MS = 20

export interface Place {
  /** Process 1 of the host, as this machine numbers it. */
  readonly leader: number
  /** It has a network of its own. */
  readonly network: boolean
  readonly argv: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Where the trace goes. */
  readonly trace: string
}

/** What goes on beside a start of the agent: a service does not end by itself. @returns what is wrong, or null */
export type Meanwhile = (over: AbortSignal) => Promise<string | null>

/** Runs the agent inside a pretended host, under strace where it is to be struck or counted. */
export async function startAgent(
  { leader, network, argv, env, trace }: Place,
  start: Start,
  meanwhile?: Meanwhile,
): Promise<Ended> {
  const { fault, count = false } = start
  const strace = count ? traced(trace, null) : fault === undefined ? [] : traced(trace, fault)
  const enter = ['--target', String(leader), ...(network ? ['--net'] : []), '--mount', '--pid', '--uts', '--']
  const child = spawn('nsenter', [...enter, ...strace, ...argv, ...start.args], {
    // One thread for files, so that "the k-th call" means one and the same call each time.
    env: { ...env, UV_THREADPOOL_SIZE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk) => (said[name] += chunk.toString()))
  let hung = false
  let killed = false
  const late = setTimeout(() => {
    hung = true
    void killInside(child)
  }, LONGEST_MS)
  if (fault?.kind === 'kill while held') {
    child.stdout.on('data', () => {
      if (killed || !/^Started: /m.test(said.stdout)) return
      killed = true
      void killInside(child)
    })
  }
  const isStill = fault?.kind === 'freeze' || fault?.kind === 'hang'
  // Not the end of the streams: strace holds them for as long as it follows the watchdog.
  const ended = once(child, 'exit').finally(() => clearTimeout(late))
  const wrong = meanwhile === undefined ? null : await beside(child, ended, meanwhile)
  if (isStill && (await isLeft(ended, trace, fault))) {
    clearTimeout(late)
    const goOn = async (): Promise<Ended> => {
      const slow = setTimeout(() => void killInside(child), LONGEST_MS)
      await signalInside(child, fault.kind === 'freeze' ? 'SIGCONT' : 'SIGKILL')
      // strace holds a call that hangs, even in a process that was killed.
      if (fault.kind === 'hang') await endTracer(child)
      // `nsenter` stops with its child, also a moment after this, and does not see the end of one that was killed meanwhile.
      const again = setInterval(() => child.kill('SIGCONT'), LOOK_EVERY_MS)
      const [code] = await ended
      clearInterval(again)
      clearTimeout(slow)
      return {
        code: code as number | null,
        ...said,
        struck: fault.kind === 'hang' || struckIn(await traceOf(trace, fault), fault),
        hung: false,
        counts: null,
      }
    }
    return { code: null, stdout: '', stderr: '', struck: null, hung: false, counts: null, goOn }
  }
  const [code] = await ended
  const text = strace.length === 0 ? '' : await traceOf(trace, fault)
  const struck = fault === undefined ? null : fault.kind === 'kill while held' ? killed : struckIn(text, fault)
  return { code: code as number | null, ...said, struck, hung, wrong, counts: count ? countsOf(text) : null }
}

/** Waits for the fault; a call that hangs leaves no trace until it ends. True: the program is still there. */
async function isLeft(ended: Promise<unknown>, trace: string, fault: NonNullable<Start['fault']>): Promise<boolean> {
  const over = ended.then(() => 'ended' as const)
  const limit = pause(fault.kind === 'hang' ? HANGING_MS : LONGEST_MS, 'late' as const, { ref: false })
  for (;;) {
    const now = await Promise.race([over, limit, pause(LOOK_EVERY_MS, 'look' as const)])
    if (now !== 'look') return now === 'late'
    if (fault.kind === 'freeze' && struckIn(await readFile(trace, 'utf8').catch(() => ''), fault)) return true
  }
}

/** Lets both go on until one ends; the agent is asked to stop then. */
async function beside(child: ChildProcess, ended: Promise<unknown>, meanwhile: Meanwhile): Promise<string | null> {
  const over = new AbortController()
  const death = new Error('The agent ended.')
  ended.then(() => over.abort(death))
  try {
    return await meanwhile(over.signal)
  } catch (thrown) {
    // Its connection ends a moment before the process does.
    await Promise.race([ended, pause(DYING_MS, null, { ref: false })])
    if (over.signal.aborted) return null
    throw thrown
  } finally {
    await signalInside(child, 'SIGTERM')
  }
}

/** strace writes the end of the program a moment after the program's own end. */
async function traceOf(file: string, fault: Start['fault']): Promise<string> {
  const read = () => readFile(file, 'utf8').catch(() => '')
  const isWhole = async () => {
    const text = await read()
    return fault === undefined ? /^\d+ +\+\+\+ exited/m.test(text) : struckIn(text, fault)
  }
  await until('the trace is written', isWhole, { timeoutMs: 300 }).catch(() => undefined)
  return read()
}

/** `nsenter` waits for a child of its own, which is the one to kill. */
function killInside(child: ChildProcess): Promise<void> {
  return signalInside(child, 'SIGKILL')
}

async function endTracer(child: ChildProcess): Promise<void> {
  for (const pid of await inside(child)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    const tracer = Number(/^TracerPid:\s+(\d+)/m.exec(status)?.[1] ?? 0)
    if (tracer > 0) process.kill(tracer, 'SIGKILL')
  }
}

async function inside(child: ChildProcess): Promise<string[]> {
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '')
  return children.split(' ').filter(Boolean)
}

async function signalInside(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  for (const pid of await inside(child)) {
    try {
      process.kill(Number(pid), signal)
    } catch {
      // It ended by itself in this moment.
    }
  }
}
