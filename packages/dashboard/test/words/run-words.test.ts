import { Effect, Outcome, Restoration } from '@chaos-lite/shared'
import { describe, expect, it } from 'vitest'
import { effectOf, headlineOf, statusOf } from '../../src/words/run-words.ts'

const base = { phase: 'ended', effect: 'proved', restoration: 'identical', outcome: 'passed' } as const

describe('the verdict in one sentence', () => {
  it('never calls a host back that is stuck or unknown, whatever the outcome', () => {
    for (const outcome of Outcome.options) {
      for (const restoration of ['stuck', 'unknown'] as const) {
        const headline = headlineOf({ ...base, outcome, restoration })
        expect(headline).toMatch(/person must/)
        expect(headline).not.toMatch(/is back|as it was, |was rolled back/)
      }
    }
  })

  it('says of a host that has not reported that it has not', () => {
    for (const outcome of ['failed', 'aborted'] as const) {
      expect(headlineOf({ ...base, outcome, restoration: 'pending' })).toContain('has not reported yet')
    }
  })

  it('distinguishes a check that changed nothing from a drill that did', () => {
    expect(headlineOf({ ...base, effect: 'not applicable', restoration: 'not applicable' })).toContain(
      'Nothing was changed',
    )
    expect(headlineOf(base)).toContain('The failure was real')
  })

  it('has a sentence for every outcome', () => {
    for (const outcome of Outcome.options) {
      for (const restoration of Restoration.options)
        expect(headlineOf({ ...base, outcome, restoration })).toMatch(/\.$/)
    }
  })
})

describe('the state of a run in a list', () => {
  it('puts a host that is not back above every outcome', () => {
    for (const outcome of [...Outcome.options, null]) {
      expect(statusOf({ ...base, outcome, restoration: 'stuck' })).toEqual({
        label: 'Host not rolled back',
        tone: 'bad',
      })
    }
  })

  it('says what goes on while a run is under way', () => {
    expect(statusOf({ ...base, outcome: null, phase: 'baseline' })).toMatchObject({ tone: 'live' })
  })
})

describe('the impact of a run', () => {
  it('is not called missing where nothing was started, as in a run that was skipped', () => {
    expect(effectOf({ effect: 'not seen', restoration: 'not applicable' })).toEqual({
      label: 'No failure was started',
      tone: 'quiet',
    })
  })

  it('is red wherever something was changed and no impact was seen', () => {
    for (const restoration of Restoration.options.filter((one) => one !== 'not applicable'))
      expect(effectOf({ effect: 'not seen', restoration }).tone).toBe('bad')
  })

  it('has a word for every case', () => {
    for (const effect of Effect.options)
      for (const restoration of Restoration.options) expect(effectOf({ effect, restoration }).label).not.toBe('')
  })
})
