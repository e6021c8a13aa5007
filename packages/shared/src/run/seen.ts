import type { SeenFacts } from './run.ts'

/** A run's facts of one source are nearly gapless; beyond this the oldest ranges are forgotten. */
const MAX_RANGES = 2000
const MAX_SOURCES = 10_000

type Range = [number, number]

/** The ranges with one more number in them; null when it is there already. */
function insert(ranges: readonly Range[], seq: number): Range[] | null {
  const at = ranges.findLastIndex(([low]) => low <= seq)
  const before = ranges[at]
  if (before !== undefined && seq <= before[1]) return null
  const after = ranges[at + 1]
  const joinsBefore = before !== undefined && before[1] + 1 === seq
  const joinsAfter = after !== undefined && after[0] - 1 === seq
  const joined: Range = [joinsBefore ? before[0] : seq, joinsAfter ? after[1] : seq]
  const head = ranges.slice(0, joinsBefore ? at : at + 1)
  const tail = ranges.slice(joinsAfter ? at + 2 : at + 1)
  return [...head, joined, ...tail].slice(-MAX_RANGES)
}

/** Notes that a fact was taken; null when it had been taken before. */
export function markSeen(seen: readonly SeenFacts[], source: string, epoch: string, seq: number): SeenFacts[] | null {
  const index = seen.findIndex((one) => one.source === source && one.epoch === epoch)
  const known = seen[index]
  if (known === undefined) return [...seen, { source, epoch, ranges: [[seq, seq] as Range] }].slice(-MAX_SOURCES)
  const ranges = insert(known.ranges, seq)
  return ranges && seen.with(index, { ...known, ranges })
}
