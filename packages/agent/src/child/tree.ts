import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { parseStat, type Stat } from '../host/index.ts'
import { markVariable } from '../program/index.ts'
import { settledWithin } from '../wait/index.ts'

/** Looking for processes that left their parents; one whose memory cannot be looked into keeps nobody longer. */
const LOOK_MS = 1_000
const ROUNDS = 16

/**
 * Kills a child with everything that it started, in whatever session or group that is, also what left its parent, by the
 * mark in its environment. Stopped first, so that nothing new is started meanwhile. Who waits in the kernel for a file
 * system that does not answer dies when that answers: nothing of the program itself runs any more.
 */
export async function endTree(pid: number, mark: string | null): Promise<void> {
  const root = processes().find((one) => one.pid === pid)
  if (root !== undefined) endFamily(pid, true)
  if (mark !== null) await endMarked(mark, root?.startTicks ?? null)
}

/** Kills everything that a process started, but not itself. */
export async function endDescendants(pid: number): Promise<void> {
  endFamily(pid, false)
}

function endFamily(pid: number, itself: boolean): void {
  const stopped = new Set<number>()
  if (itself && send(pid, 'SIGSTOP')) stopped.add(pid)
  // Whoever is stopped starts nothing more: a round that finds nobody new has found everybody.
  for (let round = 0; round < ROUNDS; round += 1) {
    const fresh = familyOf(pid, processes()).filter((one) => !stopped.has(one))
    if (fresh.length === 0) break
    for (const one of fresh) {
      stopped.add(one)
      send(one, 'SIGSTOP')
    }
  }
  for (const one of stopped) send(one, 'SIGKILL')
}

/** By descent, without `pid` itself. */
function familyOf(pid: number, all: readonly Stat[]): number[] {
  const found = [pid]
  for (const member of found) for (const { pid: one, parent } of all) if (parent === member) found.push(one)
  return found.slice(1).filter((one) => one !== process.pid)
}

/** Those that no longer descend from the child. They started after it. */
async function endMarked(mark: string, sinceTicks: string | null): Promise<void> {
  const wanted = `${markVariable}=${mark}`
  const since = BigInt(sinceTicks ?? 0)
  const later = processes().filter(
    ({ pid, state, kernel, startTicks }) =>
      pid !== process.pid && state !== 'ended' && !kernel && BigInt(startTicks || 0) >= since,
  )
  const looks = later.map(async ({ pid, startTicks }) => {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (environment.split('\0').includes(wanted) && startOf(pid) === startTicks) send(pid, 'SIGKILL')
  })
  await settledWithin(Promise.all(looks), LOOK_MS)
}

function processes(): readonly Stat[] {
  const pids = names().filter((name) => /^\d+$/.test(name))
  return pids.map((pid) => statOf(Number(pid))).filter((found) => found !== null)
}

function names(): string[] {
  try {
    return readdirSync('/proc')
  } catch {
    return []
  }
}

function startOf(pid: number): string | null {
  return statOf(pid)?.startTicks ?? null
}

function statOf(pid: number): Stat | null {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return null
  }
}

function send(pid: number, signal: 'SIGSTOP' | 'SIGKILL'): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    // It has ended meanwhile.
    return false
  }
}
