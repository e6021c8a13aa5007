import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { LOOK_EVERY_MS } from '../../src/engine/effect-watch.ts'
import { type ToyHooks, toyAction } from '../fixtures/toy-action.ts'
import { type ToyWorld, toyWorld } from '../fixtures/toy-engine.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true, advanceTimeDelta: 20 })
})
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.engine[Symbol.asyncDispose]()
  vi.useRealTimers()
})

const worlds: ToyWorld[] = []

/** A host with the failure in place; `looks` counts how often it was looked at since. */
async function held(hooks: ToyHooks = {}, stillInPlace?: () => Promise<boolean>) {
  let looks = 0
  const verify: ToyHooks['verify'] = (undo) => {
    looks += 1
    return hooks.verify?.(undo)
  }
  const action = toyAction({ ...hooks, verify })
  const world = toyWorld({}, { actions: [stillInPlace === undefined ? action : { ...action, stillInPlace }] })
  worlds.push(world)
  const record = await world.engine.inject(world.request())
  looks = 0
  /** Time goes on until one more look was taken. */
  const lookOnce = async () => {
    const before = looks
    await eventually(() => {
      vi.advanceTimersByTime(LOOK_EVERY_MS)
      expect(looks).toBeGreaterThan(before)
    })
  }
  return { world, record, lookOnce, looks: () => looks }
}

const lost = ({ events }: ToyWorld) => events.filter((event) => event.type === 'effect.lost')

describe('while a failure is held', () => {
  test('nothing is reported as long as it is in place', async () => {
    const { world, lookOnce } = await held()
    await lookOnce()
    await lookOnce()
    expect(lost(world)).toEqual([])
  })

  test('it is reported once when somebody else rolls it back', async () => {
    const { world, record, looks } = await held()
    writeFileSync(world.file, 'before')
    vi.advanceTimersByTime(LOOK_EVERY_MS)
    await eventually(() => expect(lost(world)).toHaveLength(1))
    expect(lost(world)).toMatchObject([
      { recordId: record.head.recordId, reason: expect.stringContaining('rolled it back') },
    ])
    expect(world.warnings.at(-1)).toContain('did not last')
    const seen = looks()
    vi.advanceTimersByTime(100 * LOOK_EVERY_MS)
    expect(looks()).toBe(seen)
    expect(await world.engine.revert({}, 'hold ended')).toMatchObject([{ restoration: 'identical' }])
  })

  test('it is reported when somebody else changes the same thing and nothing of ours is left', async () => {
    const { world } = await held()
    writeFileSync(world.file, 'somebody else')
    vi.advanceTimersByTime(LOOK_EVERY_MS)
    await eventually(() => expect(lost(world)).toMatchObject([{ reason: expect.stringContaining('our part is gone') }]))
    expect(readFileSync(world.file, 'utf8')).toBe('somebody else')
  })

  test('it lasts beside what somebody else changed, when the action says so', async () => {
    let asked = 0
    const { world } = await held({}, async () => {
      asked += 1
      return true
    })
    writeFileSync(world.file, 'somebody else')
    vi.advanceTimersByTime(LOOK_EVERY_MS)
    await eventually(() => expect(asked).toBe(1))
    expect(lost(world)).toEqual([])
  })

  test('what cannot be seen is not called lost', async () => {
    let isDumb = false
    const verify = () => (isDumb ? Promise.reject(new Error('no answer')) : undefined)
    const { world, lookOnce } = await held({ verify })
    writeFileSync(world.file, 'somebody else')
    isDumb = true
    await lookOnce()
    await eventually(() => expect(world.warnings.join()).toContain('cannot be compared'))
    await lookOnce()
    expect(lost(world)).toEqual([])
  })
})

describe('when the hold ends', () => {
  test('one last look finds what was undone since the one before', async () => {
    const { world, record } = await held()
    const reported: string[] = []
    world.engine.onEffectLost((recordId) => reported.push(recordId))
    writeFileSync(world.file, 'before')
    expect(await world.engine.revert({}, 'hold ended')).toMatchObject([{ restoration: 'identical' }])
    expect(world.events.map(({ type }) => type)).toEqual([
      ...['inject.armed', 'inject.begun', 'inject.injected', 'effect.lost', 'revert.begun', 'revert.ended'],
    ])
    expect(reported).toEqual([record.head.recordId])
  })

  test('a halt waits for no look', async () => {
    const { world } = await held()
    writeFileSync(world.file, 'before')
    await world.engine.revert({}, 'halt')
    expect(lost(world)).toEqual([])
  })

  test('a look that hangs does not keep the failure in place', async () => {
    let calls = 0
    const { world } = await held({ verify: () => (++calls === 2 ? new Promise(() => undefined) : undefined) })
    expect(await world.engine.revert({}, 'hold ended')).toMatchObject([{ restoration: 'identical' }])
    expect(lost(world)).toEqual([])
  })
})

describe('our own rolling back is not taken for a loss', () => {
  test('by this process', async () => {
    const { world } = await held()
    await world.engine.revert({}, 'released early')
    vi.advanceTimersByTime(10 * LOOK_EVERY_MS)
    expect(lost(world)).toEqual([])
  })

  test('by another process that is at it, or done', async () => {
    const { world, lookOnce, looks } = await held()
    const read = vi.spyOn(world.deps.journal, 'read')
    const hanging = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const other = world.another({
      verify: async () => {
        // Between the deed and the end of the record.
        reached.resolve()
        await hanging.promise
        return undefined
      },
    })
    const reverting = other.revert({}, 'failsafe')
    await reached.promise
    expect(readFileSync(world.file, 'utf8')).toBe('before')
    await lookOnce()
    hanging.resolve()
    await reverting
    // Until the watch has met the closed record: the look that is under way may be the one.
    await eventually(async () => {
      vi.advanceTimersByTime(LOOK_EVERY_MS)
      expect(await Promise.all(read.mock.results.map(({ value }) => value))).toContain(null)
    })
    expect(lost(world)).toEqual([])
    // Nothing is left to look at.
    const seen = looks()
    vi.advanceTimersByTime(100 * LOOK_EVERY_MS)
    expect(looks()).toBe(seen)
  })
})

test('a rehearsal belongs to no run: its loss is said in the log only', async () => {
  const world = toyWorld()
  worlds.push(world)
  await world.engine.inject(world.request({ runId: null }))
  writeFileSync(world.file, 'before')
  vi.advanceTimersByTime(LOOK_EVERY_MS)
  await eventually(() => expect(world.warnings.join()).toContain('did not last'))
  expect(lost(world)).toEqual([])
})
