import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { HostClock } from '../host/index.ts'
import { atDeadline } from '../wait/index.ts'
import { readOrder, type WatchOrder } from './watch-order.ts'

/** How often a watchdog looks whether its record is still there, and how long it waits idly for one. */
const LOOK_EVERY_MS = 1_000
const IDLE_MS = 600_000
const MOST_CHARS = 4096

/** Says `ready`, and waits for an order. Null when none comes. */
export async function awaitOrder(input: Readable, output: Writable): Promise<WatchOrder | null> {
  const line = firstLine(input)
  output.write('ready\n')
  const text = await line
  return text === null ? null : readOrder(text)
}

/** Null when the input ends before, or stays silent for too long. By hand: every drill waits for this. */
async function firstLine(input: Readable): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>()
  let text = ''
  const onData = (chunk: string) => {
    text += chunk
    const end = text.indexOf('\n')
    if (end >= 0) resolve(text.slice(0, end))
    else if (text.length > MOST_CHARS) reject(new Error('this is no order for a watchdog'))
  }
  const onEnd = () => resolve(null)
  const idle = setTimeout(onEnd, IDLE_MS)
  input.setEncoding('utf8').on('data', onData).once('end', onEnd).once('error', onEnd)
  try {
    return await promise
  } finally {
    clearTimeout(idle)
    input.off('data', onData).pause()
  }
}

/**
 * Waits until the record must be rolled back, by elapsed time or by wall clock. Calls `onWatching` once the record was
 * seen in `journal`, a folder. False when it was closed meanwhile, or `disarmed` says so: then there is nothing to do.
 */
export async function watchRecord(
  { journal, clock }: { readonly journal: string; readonly clock: HostClock },
  { recordId, bootId, revertByMonoMs, revertByWallMs }: WatchOrder,
  onWatching: () => void,
  disarmed: AbortSignal,
): Promise<boolean> {
  const folder = join(journal, recordId)
  if (isGone(folder)) return false
  // The monotonic time counts on the boot it was read on; after a restart of the machine only the wall clock is left.
  const monoMs = bootId === clock.bootId ? revertByMonoMs : Number.POSITIVE_INFINITY
  const due = { monoMs, wallMs: revertByWallMs }
  return new Promise((resolve) => {
    const end = (isDue: boolean) => {
      clearInterval(looking)
      disarmed.removeEventListener('abort', onDisarmed)
      cancel()
      resolve(isDue)
    }
    const cancel = atDeadline(clock, due, () => end(true))
    const looking = setInterval(() => isGone(folder) && end(false), LOOK_EVERY_MS)
    const onDisarmed = () => end(false)
    if (disarmed.aborted) onDisarmed()
    else disarmed.addEventListener('abort', onDisarmed)
    onWatching()
  })
}

/**
 * Anything but a clear answer means that it may still be there. Not in a thread: this process does nothing else, and
 * every inject waits until it has looked.
 */
function isGone(folder: string): boolean {
  try {
    return statSync(folder, { throwIfNoEntry: false }) === undefined
  } catch {
    return false
  }
}
