import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLines } from '../../src/gateway/read-lines.ts'
import { sha256 } from '../../src/secrets/secrets.ts'
import { newEpoch, textLines } from '../support/lines.ts'

const refusal = (lines: readonly string[]) => {
  try {
    void [...readLines(lines)]
    return null
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('the lines of a frame', () => {
  test('are read with their digests, the exact bytes kept', () => {
    const epoch = newEpoch()
    const lines = textLines(epoch, 5)
    const read = [...readLines(lines)]
    expect(read.map((line) => line.line)).toEqual(lines)
    expect(read.map((line) => line.digest)).toEqual(lines.map(sha256))
    expect(read.map((line) => line.seq)).toEqual([0, 1, 2, 3, 4])
    expect(read.every((line) => line.epoch === epoch && line.runId === null)).toBe(true)
  })

  test('another order, a gap, or a repetition is refused, whichever it is', () => {
    const lines = textLines(newEpoch(), 6)
    const order = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(order, (indexes) => {
        const contiguous = indexes.every((index, n) => n === 0 || index === (indexes[n - 1] ?? 0) + 1)
        const code = refusal(indexes.map((index) => lines[index] ?? ''))
        expect(code).toBe(contiguous ? null : 'wrong-state')
      }),
    )
  })

  test('a line with any one character changed never passes as the next of its chain', () => {
    const lines = textLines(newEpoch(), 2)
    const [first = '', second = ''] = lines
    fc.assert(
      fc.property(fc.nat({ max: first.length - 1 }), fc.constantFrom('x', '0', '"', ' ', '}'), (at, character) => {
        fc.pre(first[at] !== character)
        const changed = first.slice(0, at) + character + first.slice(at + 1)
        expect(['request-invalid', 'wrong-state']).toContain(refusal([changed, second]))
      }),
    )
  })

  test('whatever text comes, it is read or refused, and never thrown at', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json()), { minLength: 1, maxLength: 4 }), (lines) => {
        expect(refusal(lines)).toBe('request-invalid')
      }),
    )
  })

  test('what was wrong is reported without repeating the line', () => {
    expect(() => [...readLines(['{"secret":"hunter2"}'])]).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    )
    expect(() => [...readLines([`"${'x'.repeat(140_000)}"`])]).toThrow('longer than')
  })
})
