import { describe, expect, it } from 'vitest'
import { AgentEvent, describeCompared, describeNotCompared } from '../../src/index.ts'

const ended = {
  ...{ type: 'exercise.ended', runId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', stepId: 'restore', ok: true, reason: null },
  ...{ totalMs: 1, phases: [], items: 12, differences: [], dataAgeMs: null, canary: 'not planted' },
}

describe('what an exercise did not compare', () => {
  it('is one part of a sentence, with the counts', () => {
    const all = [
      { what: 'made', count: 3 },
      { what: 'excluded', count: 1 },
      { what: 'attributes', count: null },
    ]
    expect(describeNotCompared(all)).toBe(
      'not compared: 3 made since the backup, 1 left out by repositories.yaml, with all below, times, hard links and extended attributes',
    )
    expect(describeCompared({ items: 1, differences: ['x'], notCompared: all.slice(0, 1) })).toBe(
      '1 item restored, 1 difference (not compared: 3 made since the backup)',
    )
  })

  it('of a newer agent is shown by its code', () => {
    expect(describeNotCompared([{ what: 'colours', count: 2 }])).toBe('not compared: 2 colours')
  })

  it('is not in the facts of older agents, which stay readable', () => {
    expect(AgentEvent.parse(ended)).toEqual(ended)
    expect(describeCompared({ items: 12, differences: [] })).toBe('12 items restored, no differences')
    const now = { ...ended, differenceCount: 1_000, notCompared: [{ what: 'made', count: 3 }] }
    expect(AgentEvent.parse(now)).toEqual(now)
    expect(describeCompared(now)).toContain('1000 differences')
  })
})
