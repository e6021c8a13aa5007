import type { NotCompared } from '@chaos-lite/shared'
import { accessDifference, type BothAccess, readAccess } from './comparison/access.ts'
import { holds } from './comparison/bytes.ts'
import type { CompareOptions, Comparison } from './comparison/comparison.ts'
import { isBornSince, isRemovedSince, isRewrittenSince, isTouchedSince } from './comparison/excuses.ts'
import { createMoves } from './comparison/moved.ts'
import { folderOf, quoted } from './comparison/names.ts'
import { createTally, type Tally } from './comparison/tally.ts'
import { choose, collect, isBelowOne, matched, type Tree } from './comparison/trees.ts'
import { type Found, isSpecial, lookAgain } from './walk.ts'

export { sha256Of } from './comparison/bytes.ts'

/**
 * Compares a restored tree with the live one, name by name: kind, size, bytes, link target, mode, owner and access list.
 * The live one is in use: what changes meanwhile is looked at again. Whatever is not compared is counted.
 */
export async function compareTrees(options: CompareOptions): Promise<Comparison> {
  const tally = createTally()
  const restored = await collect(options, options.restored, tally)
  const files = [...restored.values()].filter(({ kind }) => kind === 'file')
  const newestMs = files.length === 0 ? null : files.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0)
  const items = restored.size - 1
  if (options.live === null) {
    const notCompared: NotCompared[] = [{ what: 'no-live', count: items }]
    return { items, byBytes: 0, differences: [], changedSince: 0, notCompared, newestMs }
  }
  const unread = new Set<string>()
  const live = await collect(options, options.live, tally, (path) => unread.add(path))
  const { restored: restoredRoot, live: liveRoot, takenMs, owners, signal, host } = options
  const access =
    owners && options.access ? await readAccess(host, { restored: restoredRoot, live: liveRoot }, signal) : null
  const moves = createMoves({ restoredRoot, liveRoot, restored, live, takenMs, signal })
  const work: Comparing = {
    options,
    liveRoot,
    restored,
    live,
    access,
    moves,
    tally,
    chosen: choose(files, options.sample),
  }
  const { both, lost, extra } = matched(restored, live, tally)
  for (const [mine, theirs] of both) await compareEntry(work, mine, theirs)
  for (const found of lost) await judgeLost(work, found)
  for (const { path } of extra) {
    if (moves.isUsed(path)) continue
    if (isBelowOne(path, unread)) tally.leave('unread', path)
    else if (isRemovedSince(path, live, takenMs)) tally.leave('removed')
    else tally.blame(`${quoted(path)} was restored but is not in the live folder`)
  }
  // That all of it was changed since excuses much, but not that it is the backup of something else.
  if (items > 0 && live.size > 1 && both.length === 0) {
    tally.blame('nothing that was restored is in the live folder under its name: it may be the backup of another one')
  }
  for (const path of unread) tally.leave('unread', path)
  tally.leaveAll(neverCompared(work))
  return { items, newestMs, ...tally.result() }
}

interface Comparing {
  readonly options: CompareOptions
  readonly liveRoot: string
  readonly restored: Tree
  readonly live: Tree
  readonly access: BothAccess | null
  readonly moves: ReturnType<typeof createMoves>
  readonly tally: Tally
  /** The files whose bytes are compared. */
  readonly chosen: ReadonlySet<string>
}

async function compareEntry(work: Comparing, mine: Found, theirs: Found): Promise<void> {
  const { options, tally, live } = work
  const { takenMs } = options
  if (mine.kind !== theirs.kind) {
    const since = isBornSince(theirs, live.get(folderOf(theirs.path)), takenMs)
    if (since || (await work.moves.isMoved(theirs))) tally.leave('rewritten')
    else tally.blame(`${quoted(mine.path)} was restored as a ${mine.kind}, not a ${theirs.kind}`)
    return
  }
  compareRights(work, mine, theirs)
  if (mine.kind !== 'file' && mine.kind !== 'symbolic link') return
  const difference = await contentDifference(work, mine, theirs)
  if (difference === null) return
  // It may have been written to since it was listed.
  const now = (await lookAgain(work.liveRoot, theirs.path)) ?? null
  if (now === null) tally.leave('removed')
  else if (now.kind !== mine.kind || isRewrittenSince(mine, now, takenMs)) tally.leave('rewritten')
  else if (await work.moves.isMoved(now)) tally.leave('moved')
  else if (difference === 'unread') tally.leave('unread')
  else tally.blame(difference)
}

function compareRights({ options, access, tally }: Comparing, mine: Found, theirs: Found): void {
  if (!options.owners || mine.kind === 'symbolic link') return
  const sameOwner = mine.uid === theirs.uid && mine.gid === theirs.gid
  const difference =
    mine.mode !== theirs.mode || !sameOwner
      ? `${quoted(mine.path)} was restored with ${ownership(mine)}, not ${ownership(theirs)}`
      : access === null
        ? null
        : accessDifference(access, { mine: mine.path, theirs: theirs.path })
  if (difference === null) return
  if (isTouchedSince(theirs, options.takenMs)) tally.leave('access-changed')
  else tally.blame(difference)
}

/** A sentence, `unread` where the live one cannot be read, or null. */
async function contentDifference(work: Comparing, mine: Found, theirs: Found): Promise<string | null> {
  const { options, liveRoot, chosen, tally } = work
  const name = quoted(mine.path)
  if (mine.kind === 'file') {
    if (mine.sizeBytes !== theirs.sizeBytes)
      return `${name} was restored with ${mine.sizeBytes} bytes, not ${theirs.sizeBytes}`
    if (!chosen.has(mine.path)) return null
    tally.read()
  }
  const kind = mine.kind === 'symbolic link' ? 'symbolic link' : 'file'
  const before = await holds(options.restored, { path: mine.path, kind }, options.signal)
  if (before === null) {
    tally.blame(`${name} was restored but cannot be read`)
    return null
  }
  const now = await holds(liveRoot, { path: theirs.path, kind }, options.signal)
  if (before === now) return null
  if (now === null) return 'unread'
  return kind === 'symbolic link' ? `${name} points elsewhere` : `${name} was restored with other bytes`
}

/** A live thing that is not in the backup. */
async function judgeLost({ options, live, liveRoot, moves, tally }: Comparing, listed: Found): Promise<void> {
  const { takenMs } = options
  if (isSpecial(listed)) return tally.leave('special')
  if (isBornSince(listed, live.get(folderOf(listed.path)), takenMs)) return tally.leave('made')
  if (await moves.isMoved(listed)) return tally.leave('moved')
  const now = await lookAgain(liveRoot, listed.path)
  if (now === null) return tally.leave('removed')
  const unsure = isTouchedSince(now, takenMs)
    ? '; it was changed, or came from elsewhere, since the backup, but it is older than the backup'
    : ''
  tally.blame(`${quoted(listed.path)} was not restored${unsure}`)
}

function ownership({ mode, uid, gid }: Found): string {
  return `mode ${mode.toString(8).padStart(4, '0')} and owner ${uid}:${gid}`
}

/** What this comparison does not look at, whatever came back. */
function neverCompared({ options, access, restored, chosen }: Comparing): NotCompared[] {
  const files = [...restored.values()].filter(({ kind }) => kind === 'file').length
  const sampled: NotCompared[] = files > chosen.size ? [{ what: 'sample', count: files - chosen.size }] : []
  const rights = !options.owners ? 'owners' : access === null ? 'access' : access.capabilities ? null : 'capabilities'
  return [...sampled, ...(rights === null ? [] : [{ what: rights, count: null }]), { what: 'attributes', count: null }]
}
