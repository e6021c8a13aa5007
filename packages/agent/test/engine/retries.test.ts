import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import type { RevertOutcome } from '../../src/engine/engine.ts'
import { RETRY_AFTER_MS, Retries } from '../../src/engine/retries.ts'
import { RECORD } from '../fixtures/heads.ts'
import { toyWorld } from '../fixtures/toy-engine.ts'

const [first = 0, second = 0, third = 0] = RETRY_AFTER_MS
const stuck = { recordId: RECORD, action: 'toy.write', restoration: 'stuck' as const }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A ladder whose attempts come to what the test says. */
function ladder(next: () => RevertOutcome['restoration']) {
  const warnings: string[] = []
  let tries = 0
  const retries = new Retries({
    again: async () => {
      tries += 1
      retries.note({ ...stuck, restoration: next() })
    },
    warn: (message) => warnings.push(message),
  })
  return { retries, warnings, tries: () => tries }
}

describe('what could not be rolled back', () => {
  test('is tried again after 30 s, 2 min and 10 min, and then no more', async () => {
    const { retries, warnings, tries } = ladder(() => 'stuck')
    retries.note(stuck)
    expect(warnings.at(-1)).toContain('tried again in 30s')
    await vi.advanceTimersByTimeAsync(first - 1)
    expect(tries()).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(tries()).toBe(1)
    expect(warnings.at(-1)).toContain('tried again in 2m')
    await vi.advanceTimersByTimeAsync(second)
    expect(tries()).toBe(2)
    expect(warnings.at(-1)).toContain('tried again in 10m')
    await vi.advanceTimersByTimeAsync(third)
    expect(tries()).toBe(3)
    expect(warnings.at(-1)).toContain('not tried again by itself')
    await vi.advanceTimersByTimeAsync(24 * 3_600_000)
    expect(tries()).toBe(3)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is not tried again once it is back', async () => {
    const { retries, tries } = ladder(() => 'identical')
    retries.note(stuck)
    await vi.advanceTimersByTimeAsync(first)
    expect(tries()).toBe(1)
    await vi.advanceTimersByTimeAsync(24 * 3_600_000)
    expect(tries()).toBe(1)
  })

  test('is tried by the clock, not once more for each attempt of a person', async () => {
    const { retries, tries } = ladder(() => 'unknown')
    retries.note(stuck)
    retries.note(stuck)
    retries.note(stuck)
    await vi.advanceTimersByTimeAsync(first)
    expect(tries()).toBe(1)
    expect(vi.getTimerCount()).toBe(1)
  })

  test('and was rolled back by a person, is let be', async () => {
    const { retries, tries } = ladder(() => 'stuck')
    retries.note(stuck)
    retries.note({ ...stuck, restoration: 'ours undone' })
    await vi.advanceTimersByTimeAsync(24 * 3_600_000)
    expect(tries()).toBe(0)
  })

  test('keeps no process alive that is asked to end', async () => {
    const { retries, tries } = ladder(() => 'stuck')
    retries.note(stuck)
    retries.stopAll()
    retries.note(stuck)
    expect(vi.getTimerCount()).toBe(0)
    expect(tries()).toBe(0)
  })

  test('goes on being tried when an attempt could not even begin', async () => {
    const warnings: string[] = []
    const retries = new Retries({
      again: () => Promise.reject(new Error('busy')),
      warn: (message) => warnings.push(message),
    })
    retries.note(stuck)
    await vi.advanceTimersByTimeAsync(first)
    expect(warnings.at(-1)).toContain('could not be tried again')
  })
})

describe('an engine', () => {
  test('tries a stuck record again by itself, keeps it stuck meanwhile, and reports each attempt', async () => {
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true, advanceTimeDelta: 20 })
    let isHealed = false
    const states: (string | undefined)[] = []
    const world = toyWorld({
      beforeRevert: async () => {
        states.push((await world.engine.standings()).records[0]?.state)
        if (!isHealed) throw new Error('the disk is full')
      },
    })
    await world.engine.inject(world.request())
    const [outcome] = await world.engine.revert({}, 'hold ended')
    expect(outcome).toMatchObject({ restoration: 'stuck' })
    expect((await world.engine.standings()).records[0]?.state).toBe('stuck')
    isHealed = true
    vi.advanceTimersByTime(first)
    await eventually(async () => expect((await world.engine.standings()).records).toEqual([]))
    expect(states.at(-1)).toBe('stuck')
    expect(readFileSync(world.file, 'utf8')).toBe('before')
    const reverts = world.events.filter((event) => event.type === 'revert.begun')
    expect(reverts.map(({ cause }) => cause)).toEqual(['hold ended', 'tried again'])
    // The record is closed before it is reported.
    await eventually(() =>
      expect(world.events.at(-1)).toMatchObject({ type: 'revert.ended', restoration: 'identical' }),
    )
    await world.engine[Symbol.asyncDispose]()
  })
})
