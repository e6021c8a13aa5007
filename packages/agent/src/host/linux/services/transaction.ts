import * as z from 'zod'
import { callManager } from './bus.ts'

const Job = z.object({ id: z.int().min(0), unit: z.string().max(256) })
/** A job in systemd's queue (org.freedesktop.systemd1(5)). */
export type Job = z.infer<typeof Job>

/** Job, its object, unit, its object, type: and all other jobs of the transaction in the same form. */
const Row = z.tuple([z.int().min(0), z.string(), z.string().max(256), z.string(), z.string()])
const Reply = z.tuple([...Row.def.items, z.array(Row).max(4096)])

/**
 * Starts a stop and answers with every job of its transaction, the first one being its own: only the manager itself
 * knows all that it stops. Null where it cannot be asked this way (systemd before 242, which propagates a stop by
 * `RequiredBy`, `RequisiteOf`, `BoundBy` and `ConsistsOf` alone): then nothing was started.
 */
export async function enqueueStop(unit: string): Promise<readonly Job[] | null> {
  const reply = await callManager(
    { method: 'org.freedesktop.systemd1.Manager.EnqueueUnitJob' },
    unit,
    'stop',
    'replace',
  )
  return reply === null ? null : jobsOf(reply)
}

/** The jobs in an answer of `EnqueueUnitJob`. */
export function jobsOf(reply: unknown): readonly Job[] | null {
  const parsed = Reply.safeParse(reply)
  if (!parsed.success) return null
  const [id, , unit, , , others] = parsed.data
  return [{ id, unit }, ...others.map(([jobId, , name]) => ({ id: jobId, unit: name }))]
}
