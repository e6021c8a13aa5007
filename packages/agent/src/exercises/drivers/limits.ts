import { posix } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { Listing } from './driver.ts'

/** More files than this are not restored by an exercise. */
export const MAX_ENTRIES = 500_000
const MAX_PATH_CHARS = 4096
const MAX_DEPTH = 64

/** One name in an archive, before anything is written. */
export interface ArchiveEntry {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link' | 'hard link' | 'other'
  readonly sizeBytes: number
  /** Where a link points; empty for the rest. */
  readonly target: string
}

/** Counts entries and bytes and throws `storage-full` or `backup-unusable` at the first that goes too far. */
export function createTally(archive: string, maxBytes: number): { add(entry: ArchiveEntry): void; listing(): Listing } {
  let entries = 0
  let bytes = 0
  const links = new Set<string>()
  return {
    add(entry) {
      const complaint = complaintAbout(entry) ?? linkComplaint(entry, links)
      if (complaint !== null) throw unsafe(archive, entry.path, complaint)
      entries += 1
      bytes += entry.sizeBytes
      if (entries > MAX_ENTRIES) {
        throw new ChaosError('backup-unusable', `${archive} holds more than ${MAX_ENTRIES} files; nothing was restored`)
      }
      if (bytes > maxBytes) throw tooLarge(archive, maxBytes)
    },
    listing: () => ({ entries, bytes }),
  }
}

/** The room that a restore would need is not there. */
export function tooLarge(what: string, maxBytes: number): ChaosError {
  const text = `Restoring ${what} needs more than the ${maxBytes} bytes that may be used here; free some space`
  return new ChaosError('storage-full', text)
}

export function unsafe(archive: string, path: string, complaint: string): ChaosError {
  const name = JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path)
  return new ChaosError('backup-unusable', `${archive} is not safe to restore: ${name} ${complaint}`)
}

function complaintAbout({ path, kind, sizeBytes, target }: ArchiveEntry): string | null {
  const named = nameComplaint(path)
  if (named !== null) return named
  if (kind === 'other') return 'is a device, a pipe or something else that is no file, folder or link'
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return 'has no believable size'
  if (kind === 'link' && leadsOut(path, target)) return 'is a link that leads out of the folder'
  if (kind === 'hard link' && nameComplaint(target) !== null) return 'is a link that leads out of the folder'
  return null
}

/**
 * Each link of a chain may stay inside by its text, and the chain still lead out: nothing of an archive may lie behind a
 * link of the same archive. `links` are those seen so far.
 */
function linkComplaint({ path, kind, target }: ArchiveEntry, links: Set<string>): string | null {
  if (isBehind(path, links) || (kind === 'hard link' && isBehind(target, links)))
    return 'lies behind a link of the same archive'
  const name = posix.normalize(path)
  if (kind === 'link') links.add(name)
  else links.delete(name)
  return null
}

function isBehind(path: string, links: ReadonlySet<string>): boolean {
  if (links.size === 0) return false
  let folder = posix.dirname(posix.normalize(path))
  for (; folder !== '.' && folder !== '/'; folder = posix.dirname(folder)) if (links.has(folder)) return true
  return false
}

function nameComplaint(path: string): string | null {
  if (path === '' || path.includes('\0')) return 'has no usable name'
  if (path.length > MAX_PATH_CHARS) return 'has a name that is too long'
  if (path.startsWith('/') || path.includes('\\') || /^[A-Za-z]:/.test(path)) return 'does not stay in its folder'
  const parts = path.split('/')
  if (parts.includes('..')) return 'does not stay in its folder'
  return parts.length > MAX_DEPTH ? 'is nested too deeply' : null
}

/** Follows a relative target from the link's own folder by text alone. */
function leadsOut(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return true
  let depth = path.split('/').filter((part) => part !== '' && part !== '.').length - 1
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    depth += part === '..' ? -1 : 1
    if (depth < 0) return true
  }
  return false
}
