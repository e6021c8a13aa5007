import { describe, expect, it } from 'vitest'
import { aGoodStory, ends, revertEnds } from '../../../shared/test/run/stories.ts'
import { factsOf, runOf, T0 } from '../../../shared/test/run/support.ts'
import { logOf } from '../../src/pages/run/model/log.ts'

const story = [...aGoodStory(), ends(310_000, 'passed')]
const rows = logOf(runOf(story), factsOf(story))

describe('the log', () => {
  it('has a plain sentence for every fact, in the order of time, with a key of its own', () => {
    expect(rows).toHaveLength(story.length)
    for (const row of rows) expect(row.text).toMatch(/\S/)
    expect(rows.map((row) => row.ms)).toEqual(rows.map((row) => row.ms).sort((a, b) => a - b))
    expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length - overlapping())
  })

  it('places what a host reported on the time line of the controller', () => {
    const reverted = rows.find((row) => row.text.includes('rolled back, identical'))
    expect(Math.abs((reverted?.ms ?? 0) - (T0 + 301_000))).toBeLessThan(50)
  })

  it('colours what broke and what came back, and calls the bookkeeping minor', () => {
    const of = (text: string) => rows.find((row) => row.text.includes(text))
    expect(of('erp-answers is failing')).toMatchObject({ tone: 'bad', minor: false })
    expect(of('rolled back, identical')).toMatchObject({ tone: 'good', minor: false })
    expect(of('Clock of')).toMatchObject({ minor: true })
    expect(of('Ended: passed')).toMatchObject({ tone: 'good' })
  })

  it('never colours a host that is not back as good', () => {
    const stuck = [revertEnds(301_000, 'stuck'), revertEnds(302_000, 'unknown')]
    const run = runOf([...aGoodStory(), ...stuck])
    for (const row of logOf(run, factsOf(stuck))) expect(row.tone).toBe('bad')
  })
})

/** Stories use one epoch for all their sources, so that numbers repeat; real sources have random ones. */
function overlapping(): number {
  const seqs = factsOf(story).map(({ fact }) => `${fact.epoch} ${fact.seq}`)
  return seqs.length - new Set(seqs).size
}
