import { describe, expect, it } from 'vitest'
import { ends, injecting, opening, reverting } from '../../../shared/test/run/stories.ts'
import { aPlan, aSteadyProbe, changes, type Line, runOf, T0, WS } from '../../../shared/test/run/support.ts'
import { alsoWatchedOf } from '../../src/pages/run/model/also-watched.ts'
import { timelineOf } from '../../src/pages/run/model/timeline.ts'

const plan = aPlan({ probes: [aSteadyProbe(), aSteadyProbe({ probeId: 'printer', role: 'watch' })] })
const story = (...printer: Line[]) => {
  const whole = [...opening(plan), ...injecting(), ...reverting(), ends(310_000, 'passed'), ...printer]
  return runOf(whole.sort((a, b) => a.ms - b.ms))
}
const printer = (status: 'up' | 'down' | 'not evaluated', before: number | null, ms: number) =>
  changes(WS, status, before, ms, 'printer')
const stateOf = (...lines: Line[]) => alsoWatchedOf(story(...lines), T0 + 400_000).map((one) => one.state)

describe('what else broke', () => {
  it('is broken when it worked before and does not now', () => {
    expect(stateOf(printer('up', null, 1600), printer('down', 185_000, 186_000))).toEqual(['broken'])
  })

  it('was broken when it passes again, and says for how long', () => {
    const [one] = alsoWatchedOf(
      story(printer('up', null, 1600), printer('down', 189_000, 190_000), printer('up', 199_000, 200_000)),
      T0 + 400_000,
    )
    expect(one).toMatchObject({ state: 'was broken', host: 'WS-01', sentence: 'Failed for 10 s; passing again' })
  })

  it('is not called broken when it said no already before the failure', () => {
    expect(stateOf(printer('down', null, 1600))).toEqual(['as before'])
    expect(stateOf(printer('down', null, 1600), printer('up', 185_000, 186_000))).toEqual(['changed'])
  })

  it('is as before, in a calm colour, when it says no again after the failure', () => {
    const lines = [printer('down', null, 1600), printer('up', 185_000, 186_000), printer('down', 301_000, 302_000)]
    const run = story(...lines)
    const [one] = alsoWatchedOf(run, T0 + 400_000)
    expect(one).toMatchObject({
      state: 'as before',
      sentence: 'It said no before the failure, yes for a while, and no again',
    })
    const strips = timelineOf(run, T0 + 400_000).hosts.flatMap((host) => host.strips)
    const shown = (probeId: string) =>
      strips.find((strip) => strip.probeId === probeId)?.pieces.map(({ status }) => status)
    expect(shown('printer')).toEqual(['as before', 'changing', 'up', 'changing', 'as before'])
    // What must work is never calm.
    expect(shown('erp-answers')).toContain('down')
  })

  it('is broken also when the last good sample came before the failure', () => {
    expect(stateOf(printer('up', null, 1600), printer('down', 178_000, 181_000))).toEqual(['broken'])
  })

  it('is fine when it worked all the time, and not known when it could not be checked', () => {
    expect(stateOf(printer('up', null, 1600))).toEqual(['fine'])
    expect(stateOf(printer('not evaluated', null, 1600))).toEqual(['not known'])
    expect(stateOf()).toEqual(['not known'])
  })
})
