import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSealed, SEAL_CHARS } from '../../src/protocol/index.ts'
import { Seal, SealState } from '../../src/sealed/index.ts'

const [one, other] = ['ab'.repeat(32), 'cd'.repeat(32)]

/** Both ends of a sealed connection. */
function ends() {
  const near = new Seal({ out: { key: one, count: 0 }, in: { key: other, count: 0 } })
  const far = new Seal({ out: { key: other, count: 0 }, in: { key: one, count: 0 } })
  return { near, far }
}

const text = fc.oneof(
  fc.json(),
  fc.string({ unit: 'grapheme' }).filter((some) => some.isWellFormed()),
)

test('what one end seals the other opens, in order, and both ways', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), text)), (said) => {
      const { near, far } = ends()
      for (const [up, words] of said) {
        const [from, to] = up ? [near, far] : [far, near]
        expect(to.open(from.close(words))).toBe(words)
      }
    }),
  )
})

test('a sealed frame never looks like one without a seal', () => {
  fc.assert(fc.property(text, (words) => isSealed(ends().near.close(words))))
  expect(isSealed('{"type":"clock","id":1}')).toBe(false)
})

/** What somebody on the way can do to a row of frames. */
const meddling = fc.oneof(
  fc.record({ do: fc.constant('leave out' as const), at: fc.nat(9) }),
  fc.record({ do: fc.constant('repeat' as const), at: fc.nat(9), after: fc.nat(9) }),
  fc.record({ do: fc.constant('swap' as const), at: fc.nat(8) }),
  fc.record({
    do: fc.constant('change' as const),
    at: fc.nat(9),
    place: fc.nat(70),
    by: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({ do: fc.constant('insert' as const), at: fc.nat(9), words: text }),
)
type Meddling = typeof meddling extends fc.Arbitrary<infer T> ? T : never

function meddled(frames: readonly string[], how: Meddling): string[] {
  const frame = frames[how.at] ?? ''
  if (how.do === 'leave out') return frames.toSpliced(how.at, 1)
  if (how.do === 'repeat') return frames.toSpliced(Math.max(how.at, how.after) + 1, 0, frame)
  if (how.do === 'swap') return frames.with(how.at, frames[how.at + 1] ?? '').with(how.at + 1, frame)
  if (how.do === 'insert') return frames.toSpliced(how.at, 0, 'A'.repeat(SEAL_CHARS) + how.words)
  const place = how.place % frame.length
  const changed = String.fromCharCode(frame.charCodeAt(place) + how.by)
  return frames.with(how.at, frame.slice(0, place) + changed + frame.slice(place + 1))
}

test('whatever somebody on the way does, what is opened is the beginning of what was said, and nothing else', () => {
  fc.assert(
    fc.property(meddling, (how) => {
      const { near, far } = ends()
      const said = Array.from({ length: 10 }, (_, number) => `{"number":${number}}`)
      const arrived = meddled(
        said.map((words) => near.close(words)),
        how,
      )
      const heard: string[] = []
      for (const frame of arrived) {
        const words = far.open(frame)
        if (words === null) break
        heard.push(words)
      }
      expect(heard).toEqual(said.slice(0, heard.length))
      const last = how.do === 'leave out' ? 9 : 10
      expect(heard.length).toBeLessThanOrEqual(last)
      if (how.do !== 'leave out' || how.at < 9) expect(heard.length).toBeLessThan(arrived.length)
    }),
    { numRuns: 500 },
  )
})

test('after a frame that was left out none fits any more', () => {
  const { near, far } = ends()
  near.close('the one that was left out')
  for (let n = 0; n < 5; n += 1) expect(far.open(near.close('{}'))).toBeNull()
})

test('nobody hears their own frames, nor those of another connection', () => {
  const { near, far } = ends()
  const mine = near.close('{}')
  expect(near.open(mine)).toBeNull()
  const elsewhere = new Seal({ out: { key: one, count: 0 }, in: { key: '12'.repeat(32), count: 0 } })
  expect(elsewhere.open(mine)).toBeNull()
  expect(far.open(mine)).toBe('{}')
})

test('characters that only look like those of a seal are none', () => {
  const { near, far } = ends()
  const frame = near.close('{}')
  const alike = String.fromCharCode(frame.charCodeAt(0) + 256) + frame.slice(1)
  expect(far.open(alike)).toBeNull()
})

test('a later process goes on where the earlier one left off', () => {
  const { near, far } = ends()
  for (let n = 0; n < 3; n += 1) expect(far.open(near.close(`{"n":${n}}`))).not.toBeNull()
  near.open(far.close('{}'))
  const later = new Seal(SealState.parse(JSON.parse(JSON.stringify(near.state))))
  expect(later.state).toEqual({ out: { key: one, count: 3 }, in: { key: other, count: 1 } })
  expect(far.open(later.close('{"n":3}'))).toBe('{"n":3}')
  expect(later.open(far.close('{"m":1}'))).toBe('{"m":1}')
})
