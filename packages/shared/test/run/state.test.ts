import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Phase } from '../../src/run/event.ts'
import { canEnter } from '../../src/run/state.ts'

const forward: [Phase, Phase][] = [
  ['planned', 'approved'],
  ['approved', 'preflight'],
  ['preflight', 'baseline'],
  ['baseline', 'injecting'],
  ['injecting', 'holding'],
  ['holding', 'reverting'],
  ['reverting', 'verifying'],
  ['verifying', 'ended'],
]

describe('the phases of a run', () => {
  test.each(forward)('go from %s to %s', (from, to) => {
    expect(canEnter(from, to)).toBe(true)
  })

  test.each(forward)('never go back, from %s the other way', (from, to) => {
    expect(canEnter(to, from)).toBe(false)
  })

  test.each(Phase.options)('are not entered twice: %s', (phase) => {
    expect(canEnter(phase, phase)).toBe(false)
  })

  const jumps: [Phase, Phase][] = [
    ['injecting', 'reverting'],
    ['injecting', 'verifying'],
    ['baseline', 'verifying'],
    ['planned', 'ended'],
    ['preflight', 'ended'],
    ['holding', 'ended'],
  ]
  test.each(jumps)('may jump from %s straight to %s when a run is stopped', (from, to) => {
    expect(canEnter(from, to)).toBe(true)
  })

  const leaps: [Phase, Phase][] = [
    ['planned', 'preflight'],
    ['approved', 'baseline'],
    ['approved', 'injecting'],
    ['preflight', 'injecting'],
    ['baseline', 'holding'],
  ]
  test.each(leaps)('never leap over what must come first: from %s to %s', (from, to) => {
    expect(canEnter(from, to)).toBe(false)
  })

  test('end: whatever way they take, it is finite, because every step goes forward', () => {
    const phase = fc.constantFrom(...Phase.options)
    fc.assert(
      fc.property(phase, phase, (from, to) => {
        expect(canEnter(from, to) && canEnter(to, from)).toBe(false)
        expect(canEnter('ended', to)).toBe(false)
      }),
    )
  })
})
