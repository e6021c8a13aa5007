import type { NotCompared } from '@chaos-lite/shared'

/** Codes of the catalogue in `shared` whose things were changed by somebody since the backup. */
const SINCE = ['rewritten', 'made', 'moved', 'removed'] as const
type Left = (typeof SINCE)[number] | 'access-changed' | 'excluded' | 'special' | 'unread'
const ORDER: readonly Left[] = [...SINCE, 'access-changed', 'excluded', 'special', 'unread']

/** What a comparison has found so far: either blamed on the backup, or counted as not compared. Nothing else is there. */
export interface Tally {
  blame(difference: string): void
  /** `once`: something that both trees may have counts once. */
  leave(what: Left, once?: string): void
  leaveAll(more: readonly NotCompared[]): void
  /** The bytes of one more file are compared. */
  read(): void
  result(): {
    readonly differences: readonly string[]
    readonly byBytes: number
    readonly changedSince: number
    readonly notCompared: readonly NotCompared[]
  }
}

/** Counts while files are compared. Lists come out sorted, so that two comparisons of the same data read alike. */
export function createTally(): Tally {
  const differences: string[] = []
  const counts = new Map<Left, number>()
  const seen = new Set<string>()
  const more: NotCompared[] = []
  let byBytes = 0
  return {
    blame: (difference) => void differences.push(difference),
    leave(what, once) {
      if (once !== undefined) {
        if (seen.has(`${what} ${once}`)) return
        seen.add(`${what} ${once}`)
      }
      counts.set(what, (counts.get(what) ?? 0) + 1)
    },
    leaveAll: (all) => void more.push(...all),
    read() {
      byBytes += 1
    },
    result: () => ({
      differences: differences.sort(),
      byBytes,
      changedSince: SINCE.reduce((sum, what) => sum + (counts.get(what) ?? 0), 0),
      notCompared: [
        ...ORDER.flatMap((what) => {
          const count = counts.get(what)
          return count === undefined ? [] : [{ what, count }]
        }),
        ...more,
      ],
    }),
  }
}
