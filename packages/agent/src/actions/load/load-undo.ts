import { randomBytes } from 'node:crypto'
import { line } from '@chaos-lite/shared'
import * as z from 'zod'
import type { LoadWork } from '../../host/index.ts'
import { item } from '../../host/index.ts'
import type { ActionContext, Reverted, Standing } from '../action.ts'
import { outcomeOf } from '../outcome.ts'

/** Before: no process carries the marker. After: one does, and is at work. */
export const loadUndo = {
  /** In the environment of our child, where nobody else can read or foresee it. */
  marker: z.string().regex(/^[0-9A-Za-z]{1,32}-[0-9a-f]{32}$/),
  bootId: line(64),
}
/**
 * By what a load is found again: its marker, and the boot in which it ran. After another boot nothing of it is left.
 */
export type LoadUndo = z.infer<z.ZodObject<typeof loadUndo>>

/** Without a safety timer (there always is one but in tests) a load ends after an hour. */
const longestMs = 3_600_000

/** A marker of 128 random bits: nobody else's process can carry it by chance or by intent. */
export function newMarker({ host, recordId }: ActionContext): LoadUndo {
  return { marker: `${recordId}-${randomBytes(16).toString('hex')}`, bootId: host.clock.bootId }
}

/** Starts the load and gives it a limit of its own, so that it ends without us when the safety timer would fire. */
export async function begin(context: ActionContext, { marker }: LoadUndo, work: LoadWork): Promise<void> {
  const { host, revertByMonoMs, signal } = context
  const lastsMs = revertByMonoMs === undefined ? longestMs : Math.max(1, revertByMonoMs - host.clock.monoMs())
  await host.loads.start({ marker, lastsMs: Math.ceil(lastsMs), work }, signal)
}

/** After: a process with the marker runs. Before: none does, because it was ended or has ended by itself. */
export async function loadStanding({ host }: ActionContext, { marker }: LoadUndo): Promise<Standing> {
  return (await host.loads.running(marker)).length > 0 ? 'after' : 'before'
}

/** Ends what carries the marker, whoever started it; somebody who ended it before us has done the same. */
export async function end({ host }: ActionContext, { marker }: LoadUndo): Promise<Reverted> {
  await host.loads.end(marker)
  const left = await host.loads.running(marker)
  return outcomeOf([item('load processes of this drill', 'none', left.length === 0 ? 'none' : String(left.length))], [])
}

/** For people: the process is named by its command line, and by the marker in its environment. */
export function endByHand({ marker }: LoadUndo): readonly string[] {
  return [
    'pgrep -fa "chaos-lite-agent load|main.ts load" (then, for each of them: kill -9 PID)',
    `To be sure which: tr '\\0' '\\n' < /proc/PID/environ shows CHAOS_LITE_LOAD=${marker}`,
  ]
}
