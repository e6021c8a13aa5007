import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Holder, Holders } from '../../lock/index.ts'
import { lastBeat } from '../../lock/index.ts'
import { parseStat } from './process-stat.ts'

const PROGRAM = 'chaos-lite-agent'
const SIGKILL_BIT = 1n << 8n

/**
 * Who holds a lock, as the kernel itself lists it (`man 5 proc_locks`): nothing has to be written by the holder, nothing
 * can be out of date, and holders of earlier versions are seen as well. All of it is read from memory, at once: nothing
 * here waits for a file system, and `cmdline` and `environ`, which may wait for the process, are not asked.
 */
export const linuxLockHolders: Holders = { find, kill }

function find(path: string): Holder | null {
  try {
    const place = join(realpathSync(dirname(path)), basename(path))
    const inode = String(statSync(place, { bigint: true }).ino)
    const pids = new Set(writersOf(readFileSync('/proc/locks', 'utf8'), inode))
    for (const pid of pids) if (pid !== process.pid && hasOpen(pid, place)) return describe(pid, path)
    return null
  } catch {
    return null
  }
}

/** Rows like `3: POSIX  ADVISORY  WRITE 812 00:19:1274 0 EOF`; one that begins with an arrow waits. */
export function writersOf(table: string, inode: string): number[] {
  const rows = table.matchAll(/^\d+: POSIX +\S+ +WRITE +(\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /gm)
  return [...rows].filter((row) => row[2] === inode).map((row) => Number(row[1]))
}

/** The number of the file alone proves nothing: file systems number by themselves, and some devices go by two names. */
function hasOpen(pid: number, place: string): boolean {
  return tasksOf(pid).some((task) => {
    const folder = `/proc/${pid}/task/${task}/fd`
    return quietly(() => readdirSync(folder), []).some((fd) => {
      const leadsTo = quietly(() => readlinkSync(join(folder, fd)), '')
      return leadsTo === place
    })
  })
}

function describe(pid: number, path: string): Holder | null {
  const text = quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), null)
  if (text === null) return null
  const { startTicks, state } = parseStat(pid, text)
  const beat = lastBeat(path.replace(/\.next$/, ''), pid)
  return {
    pid,
    startTicks,
    isAgent: isAgent(pid),
    isStopped: state === 'suspended' || state === 'traced',
    isDying: isDying(pid),
    pulseAgeMs: beat?.ageMs ?? null,
    workLeftMs: beat?.workLeftMs ?? null,
  }
}

/** The one executable by its name, also after an update has replaced it; or whatever runs this process. */
function isAgent(pid: number): boolean {
  const owner = quietly(() => statSync(`/proc/${pid}`).uid, null)
  if (owner === null || (owner !== 0 && owner !== process.geteuid?.())) return false
  const programs = [pid, ...tasksOf(pid).map((task) => `${pid}/task/${task}`)].map((one) =>
    quietly(() => readlinkSync(`/proc/${one}/exe`), '').replace(/ \(deleted\)$/, ''),
  )
  return programs.some((program) => basename(program) === PROGRAM || program === process.execPath)
}

/** Every thread has ended, or has SIGKILL before it and cannot take it up: it waits in the kernel. */
function isDying(pid: number): boolean {
  const tasks = tasksOf(pid)
  return (
    tasks.length > 0 &&
    tasks.every((task) => {
      const status = quietly(() => readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8'), null)
      return status === null || /^State:\s+[ZX]/m.test(status) || (/^State:\s+D/m.test(status) && isKilled(status))
    })
  )
}

function isKilled(status: string): boolean {
  return [...status.matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)/gm)].some(
    (row) => (BigInt(`0x${row[1]}`) & SIGKILL_BIT) !== 0n,
  )
}

/** In one breath: nothing of ours runs between looking and sending. */
function kill({ pid, startTicks }: Holder): boolean {
  const text = quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), null)
  if (text === null || parseStat(pid, text).startTicks !== startTicks || !isAgent(pid)) return false
  return quietly(() => process.kill(pid, 'SIGKILL'), false)
}

function tasksOf(pid: number): string[] {
  return quietly(() => readdirSync(`/proc/${pid}/task`), [])
}

function quietly<T>(look: () => T, otherwise: T): T {
  try {
    return look()
  } catch {
    return otherwise
  }
}
