import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type Drill, formatMistake, parseDrill } from '../../src/index.ts'
import { goodDrill, menu } from './fixtures.ts'

const options = { file: 'x.yaml', menu }

describe('whatever the text is, it is judged without an exception', () => {
  test('any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        expectJudged(text)
      }),
    )
  })

  test('any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        expectJudged(bytes)
      }),
    )
  })

  test('any YAML', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expectJudged(stringify(value))
      }),
    )
  })

  test('a drill with any value in any place', () => {
    const keys = [
      'params',
      'targets',
      'objectives',
      'steadyState',
      'watch',
      'method',
      'abort',
      'release',
      'limits',
      'controls',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 4 }), (key, value) => {
        const head = goodDrill.split('\n').slice(0, 4).join('\n')
        expectJudged(`${head}\n${stringify({ [key]: value })}`)
      }),
    )
  })
})

/** Refused with mistakes that have a place in the file, or accepted: nothing else. */
function expectJudged(source: string | Uint8Array): void {
  const parsed = parseDrill(source, options)
  if (parsed.ok) return
  expect(parsed.mistakes.length).toBeGreaterThan(0)
  for (const mistake of parsed.mistakes) {
    expect(mistake.line).toBeGreaterThanOrEqual(1)
    expect(mistake.column).toBeGreaterThanOrEqual(1)
    expect(formatMistake(mistake)).toMatch(/^x\.yaml:\d+:\d+: ./)
  }
}

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)
const words = fc.stringMatching(/^[A-Za-z0-9 ,.?:#'"-]{1,40}$/)
const seconds = fc.integer({ min: 1, max: 600 }).map((count) => `${count}s`)

/** Drills that have nothing wrong: each question fits in the hold before it. */
const validDrill: fc.Arbitrary<Drill> = fc
  .record({
    drill: name,
    version: fc.integer({ min: 1, max: 99 }),
    title: words,
    why: words,
    hold: seconds,
    probe: name,
  })
  .chain(({ drill, version, title, why, hold, probe }) =>
    fc.record({ text: words, of: words, atMost: fc.integer({ min: 1, max: 9 }), every: seconds }).map(
      ({ text, of, atMost, every }): Drill => ({
        ...{ drill, version, title, why },
        targets: { web: { where: { role: 'web' }, atMost } },
        steadyState: { [probe]: { probe: 'clock', on: 'web', every, expect: { offsetMs: { atMost: 5 } } } },
        method: [
          { inject: 'service.stop', on: 'web', with: { service: 'nginx' }, hold, effect: { probe, expect: 'down' } },
          { ask: text, of, within: hold },
        ],
      }),
    ),
  )

test('a valid drill written as YAML is read back the same', () => {
  fc.assert(
    fc.property(validDrill, (drill) => {
      const parsed = parseDrill(stringify(drill), options)
      expect(parsed.ok ? parsed.drill : parsed.mistakes.map(formatMistake)).toEqual(drill)
    }),
  )
})

test('the same text always gives the same bytes', () => {
  fc.assert(
    fc.property(validDrill, (drill) => {
      const text = stringify(drill)
      const parsed = parseDrill(text, options)
      expect(parsed.ok && new TextDecoder().decode(parsed.bytes)).toBe(text)
    }),
  )
})
