import { MAX_ENTRIES } from '../drivers/limits.ts'
import { type Found, walk } from '../walk.ts'
import type { CompareOptions } from './comparison.ts'
import { leftOutBy, marksCache } from './left-out.ts'
import { baseOf, folderOf, quoted, spelling } from './names.ts'
import type { Tally } from './tally.ts'

/** What was found below a folder, by its path. */
export type Tree = ReadonlyMap<string, Found>

/** All that is below a folder, by its path, without what the owner leaves out. */
export async function collect(
  { excludes, signal }: Pick<CompareOptions, 'excludes' | 'signal'>,
  root: string,
  tally: Tally,
  onUnreadable?: (path: string) => void,
): Promise<Tree> {
  const isExcluded = leftOutBy(excludes?.patterns ?? [], excludes?.below ?? '.')
  const isLeftOut = (found: Found) => {
    const out = isExcluded(found)
    if (out) tally.leave('excluded', found.path)
    return out
  }
  const all = new Map<string, Found>()
  const caches = new Set<string>()
  const options = {
    maxEntries: MAX_ENTRIES,
    signal,
    isLeftOut,
    ...(onUnreadable === undefined ? {} : { onUnreadable }),
  }
  for await (const found of walk(root, options)) {
    all.set(found.path, found)
    if (excludes?.caches && (await marksCache(root, found))) caches.add(folderOf(found.path))
  }
  // The mark is found when its folder was entered already. The compared folder itself was named by somebody.
  caches.delete('.')
  for (const cache of caches) tally.leave('excluded', cache)
  if (caches.size > 0) for (const path of all.keys()) if (isBelowOne(path, caches)) all.delete(path)
  return all
}

/** Is it one of these, or below one of them? */
export function isBelowOne(path: string, folders: ReadonlySet<string>): boolean {
  for (let at = path; at !== '.'; at = folderOf(at)) if (folders.has(at)) return true
  return false
}

/** Evenly spread over the sorted names, so that the same sample can be drawn again. */
export function choose(files: readonly Found[], sample: number | null): ReadonlySet<string> {
  const names = files.map(({ path }) => path).sort()
  if (sample === null || sample >= names.length) return new Set(names)
  return new Set(Array.from({ length: sample }, (_, index) => names[Math.floor((index * names.length) / sample)] ?? ''))
}

/** Puts the two trees beside each other: by the bytes of a name, and by its spelling where only that is another one. */
export function matched(restored: Tree, live: Tree, tally: Tally) {
  const both: [Found, Found][] = []
  const extra = new Map<string, Found>()
  for (const [path, mine] of restored) {
    const theirs = live.get(path)
    if (path === '.') continue
    if (theirs === undefined) extra.set(path, mine)
    else both.push([mine, theirs])
  }
  const bySpelling = new Map([...extra.values()].map((mine) => [spelling(mine.path), mine]))
  const lost: Found[] = []
  for (const theirs of live.values()) {
    if (theirs.path === '.' || restored.has(theirs.path)) continue
    const mine = bySpelling.get(spelling(theirs.path))
    if (mine === undefined || !extra.delete(mine.path)) lost.push(theirs)
    else {
      both.push([mine, theirs])
      // Of a folder it is said once, not again of all that lies in it.
      if (baseOf(mine.path) !== baseOf(theirs.path)) {
        tally.blame(`${quoted(theirs.path)} was restored with another spelling: the same name in other bytes (Unicode)`)
      }
    }
  }
  // Files before their folders: a folder was moved if something in it was.
  return { both, lost: lost.reverse(), extra: [...extra.values()] }
}
