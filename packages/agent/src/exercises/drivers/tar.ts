import { createReadStream } from 'node:fs'
import { posix } from 'node:path'
import { finished } from 'node:stream/promises'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import { extract, list, type ReadEntry } from 'tar'
import { oneLine } from '../../probes/text.ts'
import type { Listing } from './driver.ts'
import { entryName, isBelow } from './inside.ts'
import { type ArchiveEntry, createTally, unsafe } from './limits.ts'

/** No honest gzip is denser (deflate ends near 1032:1 for a file of one byte repeated; a backup is far below). */
const MAX_RATIO = 1100

/** Reads the whole archive once, writing nothing: every entry must be safe, also those that will not be restored. */
export async function listTar(file: string, inside: string, maxBytes: number, signal: AbortSignal): Promise<Listing> {
  const tally = createTally(file, maxBytes)
  const rest = createTally(file, Number.MAX_SAFE_INTEGER)
  let refused: unknown
  const reader = list({
    strict: true,
    maxDecompressionRatio: MAX_RATIO,
    onReadEntry: (entry) => {
      try {
        const checked = describe(entry)
        ;(isBelow(checked.path, inside) ? tally : rest).add(checked)
      } catch (thrown) {
        refused ??= thrown
      }
    },
  })
  await feed(file, reader, signal, () => refused)
  if (tally.listing().entries === 0) throw nothingInside(file, inside)
  return tally.listing()
}

/** Extracts what lies below `inside` into `target`. Only after `listTar` found the archive safe. */
export async function extractTar(file: string, inside: string, target: string, signal: AbortSignal): Promise<void> {
  const root = process.geteuid?.() === 0
  const again = createTally(file, Number.MAX_SAFE_INTEGER)
  const writer = extract({
    cwd: target,
    strict: true,
    maxDecompressionRatio: MAX_RATIO,
    filter: (_path, entry) => {
      if (!('linkpath' in entry)) return false
      again.add(describe(entry))
      return rename(entry, inside)
    },
    preserveOwner: root,
    chmod: true,
    processUmask: 0,
  })
  await feed(file, writer, signal, () => undefined)
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

/** What tar's parser and unpacker have in common. */
interface Sink {
  write(chunk: Buffer): boolean
  end(): unknown
  once(event: string, listener: (...args: unknown[]) => void): unknown
}

/** Pushes a file through, waiting where the sink asks for it; ends at the first refusal, error or abort. */
async function feed(file: string, sink: object, signal: AbortSignal, refused: () => unknown): Promise<void> {
  const to = sink as Sink
  let failure: unknown
  const done = new Promise<void>((resolve) => {
    const over = () => resolve()
    to.once('close', over)
    to.once('end', over)
    to.once('error', (error) => {
      failure ??= error
      resolve()
    })
  })
  const source = createReadStream(file, { signal, highWaterMark: 256 * 1024 })
  try {
    for await (const chunk of source) {
      const full = !to.write(chunk as Buffer)
      if (failure !== undefined || refused() !== undefined) break
      if (full) await Promise.race([new Promise<void>((resume) => to.once('drain', () => resume())), done])
    }
    if (failure === undefined && refused() === undefined) {
      to.end()
      await done
    }
  } catch (thrown) {
    failure ??= thrown
  } finally {
    source.destroy()
    await finished(source).catch(() => {})
  }
  const refusal = refused()
  if (refusal !== undefined) throw refusal
  if (signal.aborted) throw signal.reason
  if (failure !== undefined) throw damaged(file, failure)
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

function damaged(file: string, cause: unknown): ChaosError {
  const why = oneLine(sentenceOf(cause), 200)
  const code = (cause as { code?: unknown }).code === 'ENOSPC' ? 'storage-full' : 'backup-unusable'
  return new ChaosError(code, `The archive ${file} could not be read to its end: ${why}`, { cause })
}

export function nothingInside(file: string, inside: string): ChaosError {
  const what = inside === '.' ? 'is empty' : `holds nothing below ${JSON.stringify(inside)}`
  return new ChaosError('backup-unusable', `The archive ${file} ${what}; check \`inside\` in repositories.yaml`)
}
