import { randomFillSync } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/** Each write is on the disk before the next begins, as those of a database are. */
const writeBytes = 256 * 1024

/** Overwrites a file that is there already, again and again, at the rate that the drill sets. Ends when the file is gone. */
export async function loadIo(work: {
  readonly path: string
  readonly bytesPerSecond: number
  readonly fileBytes: number
}): Promise<void> {
  // Never made here: once it was removed, nothing is written any more.
  const file = await open(
    work.path,
    constants.O_WRONLY | constants.O_DSYNC | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  )
  void writeOn(file, work).then(
    () => process.exit(0),
    () => process.exit(1),
  )
}

async function writeOn(
  file: FileHandle,
  { bytesPerSecond, fileBytes }: { readonly bytesPerSecond: number; readonly fileBytes: number },
): Promise<void> {
  const bytes = randomFillSync(Buffer.alloc(writeBytes))
  const everyMs = (1000 * writeBytes) / bytesPerSecond
  for (let at = 0, next = performance.now(); ; at = (at + writeBytes) % fileBytes) {
    await file.write(bytes, 0, writeBytes, at)
    if ((await file.stat()).nlink === 0) return
    // What a slow disk could not take is not made up for: the rate is a ceiling.
    next = Math.max(next + everyMs, performance.now() - everyMs)
    const wait = next - performance.now()
    if (wait > 0) await pause(wait)
  }
}
