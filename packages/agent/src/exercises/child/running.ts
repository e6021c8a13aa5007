import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { makeFolder } from '../../durable/index.ts'
import { endUnits } from '../box/unit.ts'

/** What another process must know to end an exercise. It lies in a folder that is for root only. */
const Running = z.strictObject({
  runId: z.string().nullable(),
  /** The record of the quarantine whose folder it restores into. */
  recordId: z.string().max(64).nullable().optional(),
  units: z.array(z.string().regex(/^chaos-lite-exercise-[0-9a-z-]{1,64}$/)).max(4),
  /** The leader of its process group. */
  pid: z.int().min(2),
  startTicks: z.string().max(32),
})
/** A child at work as it is noted on disk: start time and number together name one process. */
export type Running = z.infer<typeof Running>

const MOST_BYTES = 64 * 1024
const END_MS = 3_000

/** Notes a child process at work; the note goes with the returned function. */
export async function noteRunning(
  folder: string,
  name: string,
  what: Omit<Running, 'startTicks'>,
): Promise<() => Promise<void>> {
  const seen = await identityOf(what.pid)
  const path = join(folder, `${name}.json`)
  await makeFolder(folder)
  const running: Running = { ...what, startTicks: seen?.startTicks ?? '0' }
  await writeFile(path, JSON.stringify(running), { mode: 0o600 })
  return () => rm(path, { force: true })
}

/** Which exercises: those of a run, that which restores into the place of a record, or all. */
export type Which = { readonly runId: string } | { readonly recordId: string } | 'all'

/**
 * Ends exercises with everything that they have started. For `halt`, `revert` and the start of an agent: whoever began
 * them may hang or be gone. Never throws, and takes a few seconds at most: rolling back does not wait for it any longer.
 */
export async function endExercises(folder: string, which: Which): Promise<void> {
  const names = await readdir(folder).catch((): string[] => [])
  const all = Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map((name) => endOne(join(folder, name), which).catch(() => undefined)),
  )
  if (names.length > 0) await Promise.race([all, pause(END_MS, undefined, { ref: false })])
}

async function endOne(path: string, which: Which): Promise<void> {
  const text = await readFile(path, 'utf8')
  if (text.length > MOST_BYTES) return
  const running = Running.parse(JSON.parse(text))
  if (!isOne(running, which)) return
  const { pid, startTicks, units } = running
  const now = await identityOf(pid)
  if (now?.startTicks === startTicks) killGroup(pid)
  await endUnits(units, END_MS)
  await rm(path, { force: true })
}

function isOne({ runId, recordId }: Running, which: Which): boolean {
  if (which === 'all') return true
  return 'runId' in which ? runId === which.runId : recordId === which.recordId
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

async function identityOf(pid: number) {
  return (await import('../../host/linux/processes.ts')).linuxProcesses.identity(pid)
}
