import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SeenFacts } from '../../src/run/run.ts'
import { markSeen } from '../../src/run/seen.ts'

function mark(seqs: readonly number[]): { seen: SeenFacts[]; taken: number[] } {
  let seen: SeenFacts[] = []
  const taken: number[] = []
  for (const seq of seqs) {
    const next = markSeen(seen, 'controller', 'a', seq)
    if (next === null) continue
    seen = next
    taken.push(seq)
  }
  return { seen, taken }
}

describe('which facts were taken already', () => {
  test('is kept as ranges that grow together', () => {
    expect(mark([0, 1, 2, 5, 6, 4, 3]).seen[0]?.ranges).toStrictEqual([[0, 6]])
    expect(mark([9, 3, 5]).seen[0]?.ranges).toStrictEqual([
      [3, 3],
      [5, 5],
      [9, 9],
    ])
  })

  test('is known exactly, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 80 }), (seqs) => {
        expect(mark(seqs).taken).toStrictEqual([...new Set(seqs)])
      }),
    )
  })

  test('is kept apart by source and by start', () => {
    const one = markSeen([], 'controller', 'a', 0) ?? []
    expect(markSeen(one, 'controller', 'a', 0)).toBeNull()
    expect(markSeen(one, 'controller', 'b', 0)?.length).toBe(2)
    expect(markSeen(one, 'h-1', 'a', 0)?.length).toBe(2)
  })

  test('is bounded: beyond 2000 gaps the oldest are forgotten', () => {
    const everyOther = Array.from({ length: 2500 }, (_, n) => n * 2)
    const { seen } = mark(everyOther)
    expect(seen[0]?.ranges.length).toBe(2000)
    expect(markSeen(seen, 'controller', 'a', 4998)).toBeNull()
  })
})
