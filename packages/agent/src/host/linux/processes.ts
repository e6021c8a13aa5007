import { readdir, readFile, readlink } from 'node:fs/promises'
import type { Processes, ProcessIdentity } from '../host.ts'
import { listeningSockets } from './sockets.ts'

/** Processes as `/proc` shows them (`man 5 proc_pid_stat`). */
export const linuxProcesses: Processes = {
  byName: async (name) => (await all()).filter((process) => process.name === name).map(asIdentity),
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
}

interface Stat extends ProcessIdentity {
  readonly parent: number
}

async function all(): Promise<readonly Stat[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map((pid) => stat(Number(pid))))
  return stats.filter((found) => found !== null)
}

/** The name may hold spaces and parentheses: the fields are counted from its last parenthesis. */
async function stat(pid: number): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (text === null) return null
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  const rest = text.slice(close + 2).split(' ')
  return { pid, name: text.slice(open + 1, close), parent: Number(rest[1]), startTicks: rest[19] ?? '' }
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

async function socketInodes(pid: number): Promise<readonly string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [])
}
