import { describe, expect, test } from 'vitest'
import { isEssential } from '../../src/run/essential.ts'
import { AgentEvent } from '../../src/run/event.ts'

const types = AgentEvent.options.map((option) => option.shape.type.value)

describe('what has to be kept when there is no room', () => {
  const essential: AgentEvent['type'][] = [
    'inject.begun',
    'inject.injected',
    'inject.failed',
    'effect.lost',
    'revert.begun',
    'revert.ended',
    'lease.lost',
    'probe.ended',
    'exercise.ended',
  ]

  test.each(essential)('%s reports what was done to a host, or what came of it', (type) => {
    expect(isEssential({ type })).toBe(true)
  })

  test.each(types.filter((type) => !essential.includes(type)))('%s reports nothing that was done', (type) => {
    expect(isEssential({ type })).toBe(false)
  })

  test('that a failure is armed is not: refused for want of room, it keeps the failure from being begun', () => {
    expect(isEssential({ type: 'inject.armed' })).toBe(false)
  })

  test('from the first change of a host on, nothing about its record is left out', () => {
    const ofRecords = types.filter((type) => /^(inject|effect|revert)\./.test(type))
    expect(ofRecords.filter((type) => !isEssential({ type }))).toEqual(['inject.armed'])
  })

  test('a word that no agent says is not', () => {
    expect(isEssential({ type: 'toString' as AgentEvent['type'] })).toBe(false)
  })
})
