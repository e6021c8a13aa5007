import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longJson } from '../../src/routes/long-json.ts'

test('a value written out in pieces is the same JSON', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect(JSON.parse(await text(longJson(value)))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: 200 },
  )
  expect(await text(longJson({ a: undefined, b: [null, {}, []], 'c"': 1 }))).toBe('{"b":[null,{},[]],"c\\"":1}')
})

test('a long one comes in many pieces', async () => {
  const pieces: number[] = []
  for await (const piece of longJson(Array.from({ length: 1_000 }, () => 'x'.repeat(1_000)))) pieces.push(piece.length)
  expect(pieces.length).toBeGreaterThan(10)
  expect(Math.max(...pieces)).toBeLessThan(70_000)
})
