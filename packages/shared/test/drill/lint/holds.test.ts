import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Drill, lintDrill, type Step } from '../../../src/index.ts'

/** A step of a method in seconds; a question is answered after `share` of the time it has. */
type Plain = { readonly kind: 'inject' | 'ask' | 'wait'; readonly seconds: number }

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Plain['kind']>('inject', 'ask', 'wait'),
    seconds: fc.integer({ min: 1, max: 12 }),
  }),
  { maxLength: 6 },
)

function drillWith(plain: readonly Plain[]): Drill {
  const method = plain.map(({ kind, seconds }): Step => {
    if (kind === 'inject') return { inject: 'service.stop', on: 'web', hold: `${seconds}s` }
    return kind === 'ask' ? { ask: 'q', of: 'x', within: `${seconds}s` } : { wait: `${seconds}s` }
  })
  const base = {
    drill: 'x',
    version: 1,
    title: 'x',
    why: 'x',
    targets: { web: { where: { role: 'web' }, exactly: 1 } },
  }
  return { ...base, steadyState: { page: { probe: 'http', on: 'web' } }, method }
}

/** Plays the method: is a newer failure cut short because an older one ends? */
function isCutShort(plain: readonly Plain[], answeredAfter: (step: Plain, index: number) => number): boolean {
  let now = 0
  const open: { readonly endsAt: number }[] = []
  for (const [index, step] of plain.entries()) {
    if (step.kind === 'inject') {
      const endsAt = now + step.seconds
      if (open.some((older) => older.endsAt > now && older.endsAt < endsAt)) return true
      open.push({ endsAt })
    } else now += step.kind === 'wait' ? step.seconds : answeredAfter(step, index)
  }
  return false
}

function complaints(plain: readonly Plain[], key: string) {
  return lintDrill(drillWith(plain), {}).filter(({ path, severity }) => path.at(-1) === key && severity === 'mistake')
}

test('in a drill without complaint no failure is cut short, however soon people answer', () => {
  fc.assert(
    fc.property(
      steps,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
      (plain, shares) => {
        fc.pre(complaints(plain, 'hold').length === 0)
        expect(isCutShort(plain, ({ seconds }, index) => seconds * (shares[index] ?? 0))).toBe(false)
      },
    ),
    { numRuns: 1000 },
  )
})

test('a complaint about one pair of failures is true for some time that people may take', () => {
  const pair = fc.tuple(
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 12 }),
  )
  fc.assert(
    fc.property(pair, ([older, question, newer]) => {
      const plain: Plain[] = [
        { kind: 'inject', seconds: older },
        { kind: 'ask', seconds: question },
        { kind: 'inject', seconds: newer },
      ]
      const tries = Array.from({ length: question * 4 + 1 }, (_, quarter) => quarter / 4)
      const possible = tries.some((seconds) => isCutShort(plain, () => seconds))
      expect(complaints(plain, 'hold').length > 0).toBe(possible)
    }),
    { numRuns: 500 },
  )
})

test('a question without complaint ends before the last failure does that was held when it was asked', () => {
  fc.assert(
    fc.property(steps, (plain) => {
      fc.pre(complaints(plain, 'within').length === 0)
      let now = 0
      const ends: number[] = []
      for (const { kind, seconds } of plain) {
        const open = ends.filter((end) => end > now)
        if (kind === 'ask' && open.length > 0) expect(now + seconds).toBeLessThanOrEqual(Math.max(...open))
        if (kind === 'inject') ends.push(now + seconds)
        else now += seconds
      }
    }),
    { numRuns: 1000 },
  )
})
