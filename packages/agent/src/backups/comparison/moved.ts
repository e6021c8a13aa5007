import type { Found } from '../walk.ts'
import { holds } from './bytes.ts'
import { isBornSince, isSameCoarseTime, isTouchedSince } from './excuses.ts'
import { folderOf } from './names.ts'

interface Trees {
  readonly restoredRoot: string
  readonly liveRoot: string
  readonly restored: ReadonlyMap<string, Found>
  readonly live: ReadonlyMap<string, Found>
  readonly takenMs: number
  readonly signal: AbortSignal
}

/** A log that is written on may have been moved aside under any of so many names. */
const MOST_GROWN = 32

/**
 * Finds a live thing under the name that it had when the backup was taken: files are renamed, folders moved, logs rotated.
 * That name must have become free since, and each thing of the backup stands for one live thing only.
 */
export function createMoves(trees: Trees) {
  const { restored, live, takenMs } = trees
  const byLooks = grouped(restored, (each) => looksOf(each))
  const filesIn = grouped(restored, (each) => (each.kind === 'file' ? folderOf(each.path) : null))
  const used = new Set<string>()
  const holders = new Set<string>()

  const wasMoved = (moved: Found): boolean => {
    for (let path = moved.path; ; path = folderOf(path)) {
      const at = live.get(path)
      if (at !== undefined && isTouchedSince(at, takenMs)) return true
      if (path === '.') return false
    }
  }
  const isFree = (old: Found): boolean => {
    const now = live.get(old.path)
    return now === undefined || now.kind !== old.kind || now.sizeBytes !== old.sizeBytes || !isSameCoarseTime(old, now)
  }
  const take = (old: Found, moved: Found): true => {
    used.add(old.path)
    for (let path = folderOf(moved.path); path !== '.'; path = folderOf(path)) holders.add(path)
    return true
  }

  /** The same version, under another name. */
  const unchanged = async (moved: Found): Promise<boolean> => {
    for (const old of [-1, 0, 1].flatMap((steps) => byLooks.get(looksOf(moved, steps)) ?? [])) {
      if (old.path === moved.path || used.has(old.path) || !isFree(old) || !isSameCoarseTime(old, moved)) continue
      if (await isSame(trees, old, moved)) return take(old, moved)
    }
    return false
  }

  /** It was written on, and moved aside in its folder: something new has its name. */
  const grown = async (moved: Found): Promise<boolean> => {
    if (moved.kind !== 'file' || moved.mtimeMs <= takenMs) return false
    const folder = folderOf(moved.path)
    const candidates = (filesIn.get(folder) ?? []).filter((old) => {
      const now = live.get(old.path)
      if (used.has(old.path)) return false
      return old.sizeBytes <= moved.sizeBytes && (now === undefined || isBornSince(now, live.get(folder), takenMs))
    })
    for (const old of candidates.slice(0, MOST_GROWN)) {
      if (await isSame(trees, old, moved)) return take(old, moved)
    }
    return false
  }

  return {
    /** Was this live thing in the backup, under another name? Asked of files and links before folders. */
    async isMoved(moved: Found): Promise<boolean> {
      if (!wasMoved(moved)) return false
      if (moved.kind === 'folder' && holders.has(moved.path)) return true
      return (await unchanged(moved)) || (await grown(moved))
    },
    /** Has it been found under another name? */
    isUsed: (path: string) => used.has(path),
  }
}

/** Equal for what may be the same; times that are nearly the same may be one step apart. */
function looksOf({ kind, sizeBytes, mtimeMs }: Found, steps = 0): string {
  const size = kind === 'file' || kind === 'symbolic link' ? sizeBytes : 0
  return `${kind} ${size} ${Math.floor(mtimeMs / 2000) + steps}`
}

function grouped(all: ReadonlyMap<string, Found>, keyOf: (each: Found) => string | null): Map<string, Found[]> {
  const groups = new Map<string, Found[]>()
  for (const each of all.values()) {
    const key = keyOf(each)
    if (key === null) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [each])
    else group.push(each)
  }
  return groups
}

/** The bytes of the backup are those of the live file, or its first ones. */
async function isSame({ restoredRoot, liveRoot, signal }: Trees, old: Found, moved: Found): Promise<boolean> {
  const { kind } = old
  if (kind !== 'file' && kind !== 'symbolic link') return true
  const before = await holds(restoredRoot, { path: old.path, kind }, signal)
  return before !== null && before === (await holds(liveRoot, { path: moved.path, kind }, signal, old.sizeBytes))
}
