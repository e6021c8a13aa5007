import type { Random } from '../random.ts'
import type { Entry, Image } from './stage.ts'

const SECTOR = 512
/** Up to so many writes, every subset of them is built. */
const EVERY = 4

/**
 * The moments worth a power cut: just before each flush, when most is still on its way, and the end. What is on its way
 * between two flushes is a subset of what is on its way before the second.
 */
export function pointsOf(entries: readonly Entry[], from: number): number[] {
  const flushes = entries.flatMap(({ write }, index) => (write || index < from ? [] : [index]))
  return [...flushes, entries.length]
}

/** The writes before `point` that no flush of their disk came after: each may have arrived or not, in any order. */
export function pendingAt(entries: readonly Entry[], point: number): number[] {
  const lastFlush = new Map<number, number>()
  for (const [index, { write, disk }] of entries.slice(0, point).entries()) if (!write) lastFlush.set(disk, index)
  return entries
    .slice(0, point)
    .flatMap(({ write, disk }, index) => (write && index > (lastFlush.get(disk) ?? -1) ? [index] : []))
}

/**
 * Which of the states that the disks may be in at a point are built, `atMost` of them: every subset where there are few
 * writes; otherwise all, none, and by chance among those that arrived in order, all but one, one alone, and any subset.
 * Besides, writes that are torn after some of their sectors. Two writes to the same place that both arrived lie there
 * in the order in which they were sent, as disks keep it; any other order of arrival is one of the subsets.
 */
export function imagesAt(entries: readonly Entry[], point: number, atMost: number, random: Random): Image[] {
  const pending = pendingAt(entries, point)
  const images = new Map<string, Image>()
  const add = (keep: readonly number[], torn: Image['torn'] = null) => {
    if (images.size < atMost) images.set(JSON.stringify([keep, torn]), { point, keep, torn })
  }
  if (pending.length <= EVERY) {
    for (let bits = 0; bits < 2 ** pending.length; bits += 1) add(pending.filter((_, nth) => (bits >> nth) & 1))
  } else {
    add([])
    add(pending)
  }
  // The last one torn is the commonest of all.
  const tear = (keep: readonly number[], number: number | undefined) => {
    const { length = 0, offset = 0 } = entries[number ?? -1] ?? {}
    const sectors = length / SECTOR
    // At 0 lies the superblock: ext4 itself does not survive half of it, before anything of ours is read.
    if (number !== undefined && sectors > 1 && offset > 0) add(keep, [number, 1 + random.below(sectors - 1)])
  }
  tear(pending, pending.at(-1))
  if (pending.length > 0) tear(pending, random.pick(pending))
  if (pending.length > EVERY) {
    for (let tries = 0; images.size < atMost && tries < 4 * atMost; tries += 1) {
      const keep = draw(pending, random)
      if (random.below(4) === 0) tear(keep, keep.at(-1))
      else add(keep)
    }
  }
  return [...images.values()]
}

function draw(pending: readonly number[], random: Random): number[] {
  const one = random.below(pending.length)
  switch (random.below(4)) {
    case 0:
      return pending.slice(0, one)
    case 1:
      return pending.filter((_, nth) => nth !== one)
    case 2:
      return pending.slice(one, one + 1)
    default:
      return pending.filter(() => random.below(2) === 0)
  }
}
