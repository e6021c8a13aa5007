import { line } from '@chaos-lite/shared'
import * as z from 'zod'
import type { ProcessIdentity, ProcessView } from '../../host/index.ts'

/** More than this is no small failure. */
export const mostProcesses = 64

/** One process, and not the next one that has its number. */
export const Suspended = z.strictObject({
  pid: z.int().min(2),
  startTicks: z.string().regex(/^\d{1,20}$/),
  name: line(64),
})
export type Suspended = z.infer<typeof Suspended>

/** Which processes are meant. */
export const Meant = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('name'), name: line(64) }),
  z.strictObject({ by: z.literal('service'), unit: line(256) }),
])
export type Meant = z.infer<typeof Meant>

/** Before: each of these runs. After: each is suspended. Numbers mean something only in the boot they are of. */
export const ProcessUndo = z.strictObject({
  meant: Meant,
  bootId: line(64),
  processes: z.array(Suspended).min(1).max(mostProcesses),
  /** A name that only these have, so that a consumer would miss it. */
  seenAs: line(64).nullable(),
})
export type ProcessUndo = z.infer<typeof ProcessUndo>

/** Is this process one of those that the drill is about? By unit: also those in units below it. */
export function isMeant(meant: Meant, { name, units }: Pick<ProcessView, 'name' | 'units'>): boolean {
  return meant.by === 'name' ? name === meant.name : units.includes(meant.unit)
}

/** How sentences name what is suspended. */
export function nameOf(meant: Meant): string {
  return meant.by === 'name' ? `the name ${meant.name}` : meant.unit
}

/** The same process and not a later one with its number: start times differ (proc_pid_stat(5), field 22). */
export function isSame(a: Pick<ProcessIdentity, 'pid' | 'startTicks'>, b: typeof a): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks
}

/** Parents before their children, so that a suspended one starts no more. */
export function oldestFirst<T extends Pick<ProcessIdentity, 'pid' | 'startTicks'>>(processes: readonly T[]): T[] {
  return processes.toSorted((a, b) => {
    const [left, right] = [BigInt(a.startTicks), BigInt(b.startTicks)]
    return left === right ? a.pid - b.pid : left < right ? -1 : 1
  })
}
