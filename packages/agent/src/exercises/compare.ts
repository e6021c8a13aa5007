import { createHash } from 'node:crypto'
import { constants, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_ENTRIES } from './drivers/limits.ts'
import { streamRegular } from './regular-file.ts'
import { type Found, walk } from './walk.ts'

export interface CompareOptions {
  /** What came back. */
  readonly restored: string
  /** What it is compared with, or null: then it is only counted. */
  readonly live: string | null
  /** Live things changed after this are newer than the backup, which is no fault of it. */
  readonly takenMs: number
  /** Compare the bytes of at most this many files, evenly spread; null: of all. */
  readonly sample: number | null
  /** Compare mode and owner as well. */
  readonly owners: boolean
  readonly signal: AbortSignal
}

export interface Comparison {
  /** Files, folders and links that came back. */
  readonly items: number
  /** Files whose bytes were compared. */
  readonly byBytes: number
  readonly differences: readonly string[]
  /** Live files that were changed, made or removed since the backup. */
  readonly changedSince: number
  /** Modification time of the newest restored file, or null without files. */
  readonly newestMs: number | null
}

/** Compares a restored tree with the live one, name by name: kind, size, bytes, link target, and mode and owner. */
export async function compareTrees(options: CompareOptions): Promise<Comparison> {
  const restored = await collect(options.restored, options.signal)
  const files = [...restored.values()].filter(({ kind }) => kind === 'file')
  const newestMs = files.length === 0 ? null : files.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0)
  const items = restored.size - 1
  if (options.live === null) return { items, byBytes: 0, differences: [], changedSince: 0, newestMs }
  const live = await collect(options.live, options.signal)
  const chosen = choose(files, options.sample)
  const differences: string[] = []
  let changedSince = 0
  let byBytes = 0
  let inBoth = 0
  for (const path of new Set([...restored.keys(), ...live.keys()])) {
    options.signal.throwIfAborted()
    const mine = restored.get(path)
    const theirs = live.get(path)
    if (path !== '.' && mine !== undefined && mine.kind === theirs?.kind) {
      inBoth += 1
      if (mine.kind === 'file' && chosen.has(path)) byBytes += 1
    }
    const difference = await differenceOf(options, path, mine, theirs, chosen.has(path))
    if (difference === null) continue
    if (isNewer(options, path, live)) changedSince += 1
    else differences.push(difference)
  }
  // That all of it was changed since excuses much, but not that it is the backup of something else.
  if (items > 0 && live.size > 1 && inBoth === 0) {
    differences.push('nothing that came back is in the live folder under its name: it may be the backup of another one')
  }
  return { items, byBytes, differences: differences.sort(), changedSince, newestMs }
}

async function collect(root: string, signal: AbortSignal): Promise<Map<string, Found>> {
  const all = new Map<string, Found>()
  for await (const found of walk(root, MAX_ENTRIES, signal)) all.set(found.path, found)
  return all
}

/** Evenly spread over the sorted names, so that the same sample can be drawn again. */
function choose(files: readonly Found[], sample: number | null): ReadonlySet<string> {
  const names = files.map(({ path }) => path).sort()
  if (sample === null || sample >= names.length) return new Set(names)
  return new Set(Array.from({ length: sample }, (_, index) => names[Math.floor((index * names.length) / sample)] ?? ''))
}

async function differenceOf(
  { restored, live, owners, signal }: CompareOptions,
  path: string,
  mine: Found | undefined,
  theirs: Found | undefined,
  byBytes: boolean,
): Promise<string | null> {
  const name = JSON.stringify(path)
  if (mine === undefined) return `${name} did not come back`
  if (theirs === undefined) return `${name} came back but is not in the live folder`
  if (mine.kind !== theirs.kind) return `${name} came back as a ${mine.kind}, not a ${theirs.kind}`
  const owned = owners && mine.kind !== 'link' && path !== '.'
  if (owned && (mine.mode !== theirs.mode || mine.uid !== theirs.uid || mine.gid !== theirs.gid)) {
    return `${name} came back with ${ownership(mine)}, not ${ownership(theirs)}`
  }
  const [here, there] = [join(restored, path), join(live ?? '', path)]
  if (mine.kind === 'link')
    return (await readlink(here)) === (await readlink(there)) ? null : `${name} points elsewhere`
  if (mine.kind !== 'file') return null
  if (mine.sizeBytes !== theirs.sizeBytes)
    return `${name} came back with ${mine.sizeBytes} bytes, not ${theirs.sizeBytes}`
  if (!byBytes || (await sha256Of(here, signal)) === (await sha256Of(there, signal))) return null
  return `${name} came back with other bytes`
}

/** Was the live thing, or the folder that lost it, changed after the backup was taken? */
function isNewer({ takenMs }: CompareOptions, path: string, live: ReadonlyMap<string, Found>): boolean {
  const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'
  const judged = live.get(path) ?? live.get(parent)
  if (judged === undefined) return true
  return Math.max(judged.mtimeMs, judged.ctimeMs) > takenMs
}

function ownership({ mode, uid, gid }: Found): string {
  return `mode ${mode.toString(8).padStart(4, '0')} and owner ${uid}:${gid}`
}

/** SHA-256 of a file, hexadecimal, without holding it in memory. */
export async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const source = await streamRegular(path, { flags: constants.O_NOFOLLOW, signal, highWaterMark: 256 * 1024 })
  for await (const chunk of source) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
