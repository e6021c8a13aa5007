import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SourcedFact } from '../../src/run/fact.ts'
import { reduce } from '../../src/run/reduce.ts'
import { isRestored } from '../../src/run/restoration.ts'
import { type Run, RunState } from '../../src/run/run.ts'
import { describeEvent, summarise } from '../../src/run/sentence.ts'
import { startRun } from '../../src/run/start-run.ts'
import { judge, verdict } from '../../src/run/verdict.ts'
import { anyFact, anyHistory, overTheWire } from './arbitrary.ts'

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const one of Object.values(value)) frozen(one)
  }
  return value
}

const play = (facts: readonly SourcedFact[]): Run => facts.reduce(reduce, startRun())

describe('the reducer, whatever the facts', () => {
  test('takes any sequence of valid facts without throwing, and what it makes is a valid state', () => {
    fc.assert(
      fc.property(anyHistory, (facts) => {
        expect(() => RunState.parse(play(facts))).not.toThrow()
      }),
      { numRuns: 300 },
    )
  })

  test('takes facts of which the plan is not the first', () => {
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 40 }), (facts) => {
        expect(() => RunState.parse(play(facts.map(overTheWire)))).not.toThrow()
      }),
      { numRuns: 200 },
    )
  })

  test('gives the same run for the same facts', () => {
    fc.assert(
      fc.property(anyHistory, (facts) => {
        expect(play(facts)).toStrictEqual(play(structuredClone(facts)))
      }),
      { numRuns: 100 },
    )
  })

  test('changes nothing that it was given', () => {
    fc.assert(
      fc.property(anyHistory, (facts) => {
        expect(() => facts.reduce((run, fact) => frozen(reduce(run, frozen(fact))), frozen(startRun()))).not.toThrow()
      }),
      { numRuns: 100 },
    )
  })

  test('ignores a fact that it had taken before, wherever it comes again', () => {
    fc.assert(
      fc.property(anyHistory, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }), (facts, again) => {
        const doubled = [...facts]
        for (const [which, where] of again) {
          const index = which % facts.length
          const fact = facts[index]
          const first = doubled.indexOf(fact as SourcedFact)
          doubled.splice(first + 1 + (where % (doubled.length - first)), 0, structuredClone(fact as SourcedFact))
        }
        expect(play(doubled)).toStrictEqual(play(facts))
      }),
      { numRuns: 100 },
    )
  })

  test('makes plain JSON: what is read back is the same, and goes on the same way', () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(), (facts, cut) => {
        const half = play(facts.slice(0, cut % facts.length))
        const readBack: Run = JSON.parse(JSON.stringify(half))
        expect(readBack).toStrictEqual(half)
        const rest = facts.slice(cut % facts.length)
        expect(rest.reduce(reduce, readBack)).toStrictEqual(rest.reduce(reduce, half))
      }),
      { numRuns: 100 },
    )
  })

  test('never lets a run pass without effect, or with a host that is not back', () => {
    fc.assert(
      fc.property(anyHistory, (facts) => {
        const run = play(facts)
        const { outcome, effect, restoration } = judge(run)
        expect(outcome !== 'passed' || (effect !== 'not seen' && isRestored(restoration))).toBe(true)
        expect(run.outcome !== 'passed' || isRestored(run.restoration)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('never raises an outcome after the end', () => {
    fc.assert(
      fc.property(anyHistory, (facts) => {
        let ended: Run['outcome'] = null
        let run = startRun()
        for (const fact of facts) {
          run = reduce(run, fact)
          const fell = ended === 'passed' && run.outcome === 'failed'
          expect(ended === null || run.outcome === ended || fell).toBe(true)
          ended = run.outcome
        }
      }),
      { numRuns: 200 },
    )
  })

  test('is never at a loss for words: verdicts, sentences and timeline lines are one line of text each', () => {
    fc.assert(
      fc.property(anyHistory, (facts) => {
        const run = play(facts)
        const lines = [
          ...verdict(run).reasons,
          ...summarise(run).map((one) => one.sentence),
          ...facts.map((fact) => describeEvent(fact, run)),
        ]
        for (const line of lines) expect(line).toMatch(/^(?!.*(?:undefined|NaN|\[object))[^\n]+$/)
      }),
      { numRuns: 200 },
    )
  })
})
