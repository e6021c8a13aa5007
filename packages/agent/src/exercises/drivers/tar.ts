import { posix } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { ReadEntry } from 'tar'
import type { Listing } from './driver.ts'
import { entryName, isBelow } from './inside.ts'
import { type ArchiveEntry, createTally, unsafe } from './limits.ts'
import { feedTar } from './tar-feed.ts'

/** The parser shall never unpack by itself: `feedTar` does that, without blocking and within bounds. */
const PLAIN = { strict: true, brotli: false, zstd: false } as const

/** Reads the whole archive once, writing nothing: every entry must be safe, also those that will not be restored. */
export async function listTar(file: string, inside: string, maxBytes: number, signal: AbortSignal): Promise<Listing> {
  const { list } = await import('tar')
  const tally = createTally(file, maxBytes)
  const rest = createTally(file, Number.MAX_SAFE_INTEGER)
  let refused: unknown
  const reader = list({
    ...PLAIN,
    onReadEntry: (entry) => {
      try {
        const checked = describe(entry)
        ;(isBelow(checked.path, inside) ? tally : rest).add(checked)
      } catch (thrown) {
        refused ??= thrown
      }
    },
  })
  await feedTar(file, reader, signal, () => refused)
  if (tally.listing().entries === 0) throw nothingInside(file, inside)
  return tally.listing()
}

/** Extracts what lies below `inside` into `target`. Only after `listTar` found the archive safe. */
export async function extractTar(file: string, inside: string, target: string, signal: AbortSignal): Promise<void> {
  const { extract } = await import('tar')
  const root = process.geteuid?.() === 0
  const again = createTally(file, Number.MAX_SAFE_INTEGER)
  const writer = extract({
    cwd: target,
    ...PLAIN,
    filter: (_path, entry) => {
      if (!('linkpath' in entry)) return false
      again.add(describe(entry))
      return rename(entry, inside)
    },
    preserveOwner: root,
    chmod: true,
    processUmask: 0,
  })
  await feedTar(file, writer, signal, () => undefined)
}

/** Gives an entry its name below `inside`. False for what is not to be extracted, the folder itself included. */
function rename(entry: ReadEntry, inside: string): boolean {
  const name = entryName(entry.path)
  if (!isBelow(name, inside) || name === inside) return false
  entry.path = posix.relative(inside, name)
  if (entry.type !== 'Link') return true
  const target = entryName(entry.linkpath ?? '')
  if (!isBelow(target, inside)) throw unsafe('the archive', name, 'is a second name of a file that is not restored')
  entry.linkpath = posix.relative(inside, target)
  return true
}

function describe(entry: ReadEntry): ArchiveEntry {
  const { path, size, linkpath } = entry
  return { path: path.replace(/\/+$/, '') || '.', kind: kindOf(entry.type), sizeBytes: size, target: linkpath ?? '' }
}

function kindOf(type: string): ArchiveEntry['kind'] {
  if (type === 'File' || type === 'OldFile' || type === 'ContiguousFile') return 'file'
  if (type === 'Directory' || type === 'GNUDumpDir') return 'folder'
  if (type === 'SymbolicLink') return 'link'
  return type === 'Link' ? 'hard link' : 'other'
}

export function nothingInside(file: string, inside: string): ChaosError {
  const what = inside === '.' ? 'is empty' : `holds nothing below ${JSON.stringify(inside)}`
  return new ChaosError('backup-unusable', `The archive ${file} ${what}; check \`inside\` in repositories.yaml`)
}
