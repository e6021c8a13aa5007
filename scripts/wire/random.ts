/** Random numbers that come again with the same seed. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number
  /** True in this part of the cases. */
  chance(part: number): boolean
  pick<T>(from: readonly [T, ...T[]]): T
}

/** mulberry32 (public domain): small, quick, and good enough to choose what goes wrong. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { next, below, chance: (part) => next() < part, pick: (from) => from[below(from.length)] ?? from[0] }
}
