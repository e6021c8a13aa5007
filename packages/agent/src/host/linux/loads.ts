import { type ChildProcess, spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { ChaosError } from '@chaos-lite/shared'
import type { Command } from '../../program/index.ts'
import { lookUntil } from '../../wait/index.ts'
import { cannot, markerVariable, type Order, underWay } from '../load-order.ts'
import type { LoadOrder, Loads } from '../loads.ts'
import type { ProcessIdentity } from '../process.ts'
import { busyPercent, writtenBytes } from './load-seen.ts'
import { memoryRoom } from './memory-room.ts'
import { ofProcess } from './of-process.ts'
import { linuxProcesses } from './processes.ts'

const startMs = 60_000
const endMs = 10_000
const lookEveryMs = 20

/** Kept as long as they run: with its end of the pipe the child would go too. */
const children = new Set<ChildProcess>()

/** Loads as processes of this same agent, which `command` starts. */
export function linuxLoads(command: () => Command): Loads {
  return {
    start: (order, signal) => start(command(), order, signal),
    running,
    end,
    memory: memoryRoom,
    busyPercent,
    writtenBytes,
    cores: availableParallelism(),
  }
}

async function start(command: Command, { marker, lastsMs, work }: LoadOrder, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const [program, ...first] = command
  const child = spawn(program, [...first, 'load'], {
    cwd: '/',
    detached: true,
    env: { [markerVariable]: marker },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  children.add(child)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (cause) => resolve(`${cannot}${cause.message}`))
    child.once('exit', (code, by) => resolve(`${cannot}it ended at once with ${by ?? code}`))
  })
  void ended.then(() => children.delete(child))
  child.stdin.on('error', () => undefined)
  child.stdin.write(`${JSON.stringify({ lastsMs, work } satisfies Order)}\n`)
  const said = await Promise.race([firstLine(child), ended, late(signal)])
  if (said !== underWay) {
    child.kill('SIGKILL')
    throw new ChaosError('tool-failed', `The ${work.kind} load could not begin: ${said.replace(cannot, '')}.`)
  }
  // It goes on by itself, and does not keep this process alive; the open pipe is what ties it to us.
  child.stdout.destroy()
  child.unref()
  const { stdin } = child as { stdin: { unref?: () => void } }
  stdin.unref?.()
}

function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) return Promise.resolve(`${cannot}it cannot be heard`)
  const lines = createInterface(stdout)
  return new Promise((resolve) => lines.once('line', resolve))
}

function late(signal: AbortSignal): Promise<string> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(startMs)])
  return new Promise((resolve) => over.addEventListener('abort', () => resolve(`${cannot}it took too long`)))
}

async function running(marker: string): Promise<readonly ProcessIdentity[]> {
  const wanted = `${markerVariable}=${marker}`
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const marked = await Promise.all(
    pids.map(async (pid) => {
      const text = (await ofProcess(pid, 'environ')) ?? ''
      const isOurs = text.split('\0').includes(wanted) && (await startedBy(pid)) === process.getuid?.()
      return isOurs ? linuxProcesses.identity(pid) : null
    }),
  )
  return marked.filter((found) => found !== null)
}

/** Who really started it: anybody may give a program our mark, also one that runs as root for them. */
async function startedBy(pid: number): Promise<number | null> {
  const text = (await ofProcess(pid, 'status')) ?? ''
  const [, uid] = /^Uid:\s+(\d+)/m.exec(text) ?? []
  return uid === undefined ? null : Number(uid)
}

async function end(marker: string): Promise<void> {
  const look = async () => {
    const found = await running(marker)
    for (const each of found) await linuxProcesses.signal(each, 'end')
    return found
  }
  const left = await lookUntil(look, (found) => found.length === 0, { everyMs: lookEveryMs, withinMs: endMs })
  if (left.length === 0) return
  throw new ChaosError('timed-out', `The load process ${left.map(({ pid }) => pid).join(', ')} does not end.`)
}
