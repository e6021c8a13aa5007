import { ChaosError } from '@chaos-lite/shared'
import type { Listing } from './driver.ts'

/** More files than this are not restored by an exercise. */
export const MAX_ENTRIES = 500_000
/** What Linux takes for one path; a longer name cannot be made by anybody. */
const MAX_PATH_BYTES = 4_096

/** Counts entries and bytes and throws `storage-full` or `backup-unusable` at the first that goes too far. */
export function createTally(archive: string, maxBytes: number): { add(sizeBytes: number): void; listing(): Listing } {
  let entries = 0
  let bytes = 0
  return {
    add(sizeBytes) {
      entries += 1
      bytes += sizeBytes
      if (entries > MAX_ENTRIES) {
        throw new ChaosError('backup-unusable', `${archive} holds more than ${MAX_ENTRIES} files; nothing was restored`)
      }
      if (!(bytes <= maxBytes)) throw tooLarge(archive, maxBytes)
    },
    listing: () => ({ entries, bytes }),
  }
}

/** The room that a restore would need is not there. */
export function tooLarge(what: string, maxBytes: number): ChaosError {
  const text = `Restoring ${what} needs more than the ${maxBytes} bytes that may be used here; free some space`
  return new ChaosError('storage-full', text)
}

/**
 * `backup-unusable` for an entry that cannot be written safely; `complaint` continues its name. Long names are cut.
 */
export function unsafe(archive: string, path: string, complaint: string): ChaosError {
  const name = JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path)
  return new ChaosError('backup-unusable', `${archive} is not safe to restore: ${name} ${complaint}`)
}

/**
 * What is wrong with the name of an entry, or null. A first slash is not: it is left out, as tar and unzip do. `path` has
 * one character for each byte.
 */
export function nameComplaint(path: string): string | null {
  if (path === '' || path.includes('\0')) return 'has no usable name'
  if (path.length > MAX_PATH_BYTES) return 'has a name that is too long'
  return path.split('/').includes('..') ? 'does not stay in its folder' : null
}

/** A name of one character for each byte, as people read it. */
export function readable(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** The reverse: so that names of archives, which need not be text, can be compared with those of people. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
