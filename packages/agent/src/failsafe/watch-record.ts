import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { Ulid } from '@chaos-lite/shared'
import { atDeadline } from '../engine/deadline.ts'
import type { HostClock } from '../host/host.ts'
import { codeOf } from '../journal/durable.ts'
import type { Journal } from '../journal/journal.ts'

/** How often a watchdog looks whether its record is still there, and how long it waits idly for one. */
const LOOK_EVERY_MS = 1_000
const IDLE_MS = 600_000

/** Says `ready`, and waits for the id of a record. Null when none comes. */
export async function awaitOrder(input: Readable, output: Writable): Promise<string | null> {
  const lines = createInterface(input)
  const idle = setTimeout(() => lines.close(), IDLE_MS)
  output.write('ready\n')
  try {
    for await (const line of lines) return Ulid.parse(line)
    return null
  } finally {
    clearTimeout(idle)
    lines.close()
  }
}

/**
 * Waits until the record must be put back, by elapsed time or by wall clock. Calls `onWatching` once the record was
 * read. False when the record was closed meanwhile, or `disarmed` says so: then there is nothing to do.
 */
export async function watchRecord(
  { journal, clock }: { readonly journal: Journal; readonly clock: HostClock },
  recordId: string,
  onWatching: () => void,
  disarmed: AbortSignal,
): Promise<boolean> {
  const record = await journal.read(recordId)
  if (record === null) return false
  // The monotonic time counts on the boot it was read on; after a restart of the machine only the wall clock is left.
  const monoMs = record.head.bootId === clock.bootId ? record.head.revertByMonoMs : Number.POSITIVE_INFINITY
  const due = { monoMs, wallMs: record.head.revertByWallMs }
  return new Promise((resolve) => {
    const end = (isDue: boolean) => {
      clearInterval(looking)
      disarmed.removeEventListener('abort', onDisarmed)
      cancel()
      resolve(isDue)
    }
    const cancel = atDeadline(clock, due, () => end(true))
    const looking = setInterval(() => {
      stat(record.folder).catch((thrown) => {
        if (codeOf(thrown) === 'ENOENT') end(false)
      })
    }, LOOK_EVERY_MS)
    const onDisarmed = () => end(false)
    if (disarmed.aborted) onDisarmed()
    else disarmed.addEventListener('abort', onDisarmed)
    onWatching()
  })
}
