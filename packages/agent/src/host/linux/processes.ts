import { readdir, readFile, readlink, stat as statOf } from 'node:fs/promises'
import { ChaosError } from '@chaos-lite/shared'
import type { Processes, ProcessIdentity, ProcessView } from '../host.ts'
import { codeOf } from './files/durable.ts'
import { ofProcess, ofProcessNow } from './of-process.ts'
import { ownProcesses } from './own-processes.ts'
import { parseStat, type Stat } from './process-stat.ts'
import { listeningSockets, tcpSockets } from './sockets.ts'

/** Processes as `/proc` shows them (`man 5 proc_pid_stat`). */
export const linuxProcesses: Processes = {
  byName: async (name) =>
    (await all())
      .filter((process) => process.name === name && process.state !== 'ended')
      .map((found) => ({ ...asIdentity(found), state: found.state })),
  identity: async (pid) => {
    const found = await stat(pid)
    return found ? asIdentity(found) : null
  },
  family: async (pid) => familyOf(pid, await all()),
  listening: async (pid) => {
    const family = familyOf(pid, await all())
    const inodes = new Set((await Promise.all(family.map(socketInodes))).flat())
    const sockets = (await listeningSockets()).filter((socket) => inodes.has(socket.inode))
    const unique = new Map(sockets.map(({ address, port }) => [`${address} ${port}`, { address, port }]))
    return [...unique.values()].sort((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1))
  },
  sockets: async () => {
    const [pids, sockets] = await Promise.all([processNumbers(), tcpSockets()])
    const byInode = new Map(sockets.map((socket) => [socket.inode, socket]))
    const held: { pid: number; inodes: readonly string[] }[] = []
    for (let at = 0; at < pids.length; at += atOnce) {
      const some = pids.slice(at, at + atOnce)
      held.push(...(await Promise.all(some.map(async (pid) => ({ pid, inodes: await socketInodes(pid) })))))
    }
    return held.flatMap(({ pid, inodes }) =>
      [...new Set(inodes)].flatMap((inode) => {
        const socket = byInode.get(inode)
        return socket === undefined ? [] : [{ pid, local: socket.local, remote: socket.remote }]
      }),
    )
  },
  views: async () => {
    const stats = await all()
    const seen = await Promise.all(
      stats.map(async (found) => ({
        ...found,
        program: await readlink(`/proc/${found.pid}/exe`).catch(() => ''),
        units: unitsOf(await readFile(`/proc/${found.pid}/cgroup`, 'utf8').catch(() => '')),
        uid: await statOf(`/proc/${found.pid}`).then(
          ({ uid }) => uid,
          () => -1,
        ),
      })),
    )
    const { own, agents } = await ownProcesses(seen)
    return seen.map((found): ProcessView => ({ ...found, own: own.has(found.pid), agent: agents.has(found.pid) }))
  },
  signal: async (process, what) => signal(process, what),
}

/** Processes whose open files are looked through together. */
const atOnce = 64

const signals = { suspend: 'SIGSTOP', continue: 'SIGCONT', end: 'SIGKILL' } as const

/** In one breath: nothing of ours runs between looking and sending. */
function signal({ pid, startTicks }: ProcessIdentity, what: keyof typeof signals): 'sent' | 'gone' {
  const isStillIt = () => {
    const now = statNow(pid)
    return now !== null && now.startTicks === startTicks && now.state !== 'ended'
  }
  if (!isStillIt()) return 'gone'
  try {
    process.kill(pid, signals[what])
    if (what !== 'suspend' || isStillIt()) return 'sent'
    // Its number went to another process in that very moment, which was not meant.
    process.kill(pid, 'SIGCONT')
    return 'gone'
  } catch (cause) {
    if (codeOf(cause) === 'ESRCH') return 'gone'
    throw new ChaosError('tool-failed', `Process ${pid} cannot be signalled to ${what}: ${String(cause)}.`, { cause })
  }
}

function statNow(pid: number): Stat | null {
  const text = ofProcessNow(pid, 'stat')
  return text === null ? null : parseStat(pid, text)
}

async function processNumbers(): Promise<readonly number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
}

async function all(): Promise<readonly Stat[]> {
  const stats = await Promise.all((await processNumbers()).map(stat))
  return stats.filter((found) => found !== null)
}

async function stat(pid: number): Promise<Stat | null> {
  const text = await ofProcess(pid, 'stat')
  return text === null ? null : parseStat(pid, text)
}

function asIdentity({ pid, startTicks, name }: Stat): ProcessIdentity {
  return { pid, startTicks, name }
}

function familyOf(pid: number, processes: readonly Stat[]): readonly number[] {
  const family = [pid]
  for (const member of family) {
    family.push(
      ...processes.filter(({ parent, pid: child }) => parent === member && !family.includes(child)).map((p) => p.pid),
    )
  }
  return family
}

/** From `/proc/PID/cgroup`: in systemd's own hierarchy the path names the units, slices left out (`man 7 cgroups`). */
export function unitsOf(cgroup: string): readonly string[] {
  const rows = cgroup.split('\n').map((row) => row.split(':'))
  const row = rows.find(([, controllers]) => controllers === 'name=systemd') ?? rows.find(([id]) => id === '0')
  const path = row?.slice(2).join(':') ?? ''
  return path.split('/').filter((part) => /\.(?:service|scope|socket|mount|swap)$/.test(part))
}

async function socketInodes(pid: number): Promise<readonly string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [])
}
