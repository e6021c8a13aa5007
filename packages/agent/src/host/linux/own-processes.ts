import { readFile } from 'node:fs/promises'
import { isSea } from 'node:sea'

interface Seen {
  readonly pid: number
  readonly parent: number
  readonly program: string
}

/** This process, its ancestors and descendants, and the same of every other process that runs this agent. */
export async function ownProcesses(
  processes: readonly Seen[],
): Promise<{ readonly own: ReadonlySet<number>; readonly agents: ReadonlySet<number> }> {
  const roots = [process.pid]
  const program = processes.find(({ pid }) => pid === process.pid)?.program
  for (const each of processes) {
    if (each.pid !== process.pid && each.program !== '' && each.program === program && (await isThisAgent(each.pid)))
      roots.push(each.pid)
  }
  const own = new Set(roots)
  for (const pid of roots) for (const ancestor of ancestorsOf(pid, processes)) own.add(ancestor)
  const family = [...roots]
  for (const member of family) {
    for (const { pid, parent } of processes) {
      if (parent === member && !family.includes(pid)) family.push(pid)
    }
  }
  return { own: new Set([...own, ...family]), agents: new Set(roots) }
}

/** The one executable is the agent; otherwise Node.js is, when it was given the same main module. */
async function isThisAgent(pid: number): Promise<boolean> {
  if (isSea()) return true
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  const main = process.argv[1]
  return main !== undefined && argv.includes(main)
}

function ancestorsOf(pid: number, processes: readonly Seen[]): readonly number[] {
  const parents = new Map(processes.map((each) => [each.pid, each.parent]))
  const line: number[] = []
  for (let at = parents.get(pid); at !== undefined && at !== 0 && !line.includes(at); at = parents.get(at))
    line.push(at)
  return line
}
