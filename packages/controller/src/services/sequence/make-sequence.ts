import type { Plan, Ulid } from '@chaos-lite/shared'
import type { Sequence, SequenceDeps, StopCause } from './context.ts'
import { Doors } from './doors.ts'
import { printable } from './orders.ts'
import { recordSurely } from './record.ts'

/** Whoever stops a run does not wait longer for the disk. */
const STOP_RECORDED_MS = 2_000

/** A run that is about to be under way, with the one way to stop it. */
export function makeSequence({ book, gateway, clock, log }: SequenceDeps, runId: Ulid, plan: Plan): Sequence {
  const ending = new AbortController()
  let recorded = Promise.resolve()
  const stop = async (cause: StopCause, reason: string, by = 'Chaos Lite') => {
    // The signal ends first: whoever asks twice at once is recorded once, and stopping waits for no disk.
    if (!ending.signal.aborted) {
      ending.abort()
      const event = { type: 'abort.requested' as const, runId, by, cause, reason: printable(reason) }
      recorded = recordSurely({ book, log }, event).then(
        () => undefined,
        (error: unknown) => log.error({ err: error, runId }, 'the reason of a stop could not be stored'),
      )
    }
    await doneOrLate(recorded, STOP_RECORDED_MS)
  }
  const { signal } = ending
  return { book, gateway, clock, log, runId, plan, signal, doors: new Doors(), stop, stopRecorded: () => recorded }
}

async function doneOrLate(work: Promise<void>, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, withinMs)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
