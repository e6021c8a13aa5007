import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RecordState } from '../../src/journal/record.ts'
import { headWith } from '../fixtures/heads.ts'
import { RUN, type ToyWorld, toyWorld } from '../fixtures/toy-engine.ts'

const text = (path: string) => readFileSync(path, 'utf8')

/** The journal as a process leaves it that died in this state, with this text in the drilled file. */
async function died(world: ToyWorld, state: RecordState, now: string, recordId = '01J0000000000000000000000A') {
  const params = { path: world.file, text: 'after' }
  const undo = { path: world.file, before: 'before', after: 'after' }
  const touches = [`file:${world.file}`]
  const stage = await world.deps.journal.stage(recordId)
  const head = headWith({ recordId, runId: RUN, stepId: 'one', params, undo, touches })
  const record = await stage.commit(head, '')
  if (state !== 'armed') await world.deps.journal.mark(recordId, state, state === 'stuck' ? 'earlier' : undefined)
  writeFileSync(world.file, now)
  return record
}

describe('recovery rolls the host back from every state that a crash leaves', () => {
  for (const state of ['injecting', 'injected', 'reverting', 'stuck'] as const) {
    for (const now of ['before', 'after', 'somebody else']) {
      test(`${state}, and the file says "${now}"`, async () => {
        const world = toyWorld()
        await died(world, state, now)
        const outcomes = await world.engine.recover()
        const kept = now === 'somebody else'
        expect(outcomes).toMatchObject([{ restoration: kept ? 'ours undone' : 'identical' }])
        expect(text(world.file)).toBe(kept ? now : 'before')
        expect(await world.deps.journal.list()).toEqual({ records: [], unreadable: [] })
        expect(world.events.map((event) => event.type)).toEqual(['revert.begun', 'revert.ended'])
        expect(world.events[0]).toMatchObject({ cause: 'recovery' })
      })
    }
  }

  test('reverted, but not yet moved away: nothing is touched', async () => {
    const world = toyWorld()
    await died(world, 'reverted', 'somebody else')
    expect(await world.engine.recover()).toEqual([])
    expect(text(world.file)).toBe('somebody else')
    expect(existsSync(join(world.paths.journal, '01J0000000000000000000000A'))).toBe(false)
  })
})

describe('recovery is held up by nothing that can wait', () => {
  test('what cannot be tidied in the journal (a file system that became read-only) is left, and the host comes back', async () => {
    const world = toyWorld()
    await died(world, 'injected', 'after')
    world.deps.journal.sweep = () => Promise.reject(Object.assign(new Error('read-only'), { code: 'EROFS' }))
    expect(await world.engine.recover()).toMatchObject([{ restoration: 'identical' }])
    expect(text(world.file)).toBe('before')
  })
})

describe('recovery ends the safety timers', () => {
  test('of records that are gone, and leaves those of records that cannot be read', async () => {
    const world = toyWorld()
    const unreadable = '01J0000000000000000000000B'
    await died(world, 'injected', 'after')
    await died(world, 'injected', 'after', unreadable)
    writeFileSync(join(world.paths.journal, unreadable, 'head.json'), '')
    for (const id of ['01J0000000000000000000000Z', unreadable]) await world.failsafe.arm({ recordId: id })
    await world.engine.recover()
    expect([...world.failsafe.armed]).toEqual([unreadable])
  })

  test('and the host comes back where they cannot be asked for', async () => {
    const world = toyWorld()
    await died(world, 'injected', 'after')
    world.failsafe.sweep = () => Promise.reject(new Error('systemd does not answer'))
    expect(await world.engine.recover()).toMatchObject([{ restoration: 'identical' }])
  })
})

describe('recovery of a record that was never started changes nothing', () => {
  test('and closes it when the host is as before', async () => {
    const world = toyWorld()
    await died(world, 'armed', 'before')
    expect(await world.engine.recover()).toMatchObject([{ restoration: 'identical' }])
    expect((await world.engine.standings()).records).toEqual([])
  })

  test('and keeps what somebody else changed', async () => {
    const world = toyWorld()
    await died(world, 'armed', 'somebody else')
    expect(await world.engine.recover()).toMatchObject([{ restoration: 'ours undone' }])
    expect(text(world.file)).toBe('somebody else')
  })

  test('and leaves it to a person when the failure is there all the same', async () => {
    const world = toyWorld()
    await died(world, 'armed', 'after')
    expect(await world.engine.recover()).toMatchObject([{ restoration: 'unknown' }])
    expect(await world.engine.recover()).toMatchObject([{ restoration: 'unknown' }])
    expect(text(world.file)).toBe('after')
    await expect(world.engine.inject(world.request())).rejects.toMatchObject({ code: 'host-stuck' })
    expect(await world.engine.revert({}, 'by hand')).toMatchObject([{ restoration: 'identical' }])
    expect(text(world.file)).toBe('before')
  })
})

describe('recovery', () => {
  test('works newest first', async () => {
    const world = toyWorld()
    await died(world, 'injected', 'after', '01J0000000000000000000000A')
    await died(world, 'injected', 'after', '01J0000000000000000000000B')
    const outcomes = await world.engine.recover()
    expect(outcomes.map((outcome) => outcome.recordId.at(-1))).toEqual(['B', 'A'])
  })

  test('clears away a stage that a crash left, which nothing was begun from', async () => {
    const world = toyWorld()
    const stage = await world.deps.journal.stage('01J0000000000000000000000A')
    await world.engine.recover()
    expect(existsSync(stage.folder)).toBe(false)
  })

  test('puts the readable ones back beside an unreadable one, keeps that, and stays closed for injects', async () => {
    const world = toyWorld()
    await died(world, 'injected', 'after', '01J0000000000000000000000A')
    const { folder } = await died(world, 'injected', 'after', '01J0000000000000000000000B')
    truncateSync(join(folder, 'head.json'), 40)
    expect(await world.engine.recover()).toMatchObject([{ restoration: 'identical' }])
    expect(text(world.file)).toBe('before')
    expect(existsSync(folder)).toBe(true)
    expect((await world.engine.standings()).unreadable).toHaveLength(1)
    await expect(world.engine.inject(world.request())).rejects.toMatchObject({ code: 'journal-unreadable' })
  })

  test('rolls back from a progress file of no bytes', async () => {
    const world = toyWorld()
    const { folder } = await died(world, 'injected', 'after')
    truncateSync(join(folder, 'progress.jsonl'), 0)
    expect(await world.engine.recover()).toMatchObject([{ restoration: 'identical' }])
    expect(text(world.file)).toBe('before')
  })

  test('that dies itself leaves work for the next one', async () => {
    const world = toyWorld()
    await died(world, 'injected', 'after')
    let reached: (value?: unknown) => void = () => undefined
    const dying = new Promise((resolve) => {
      reached = resolve
    })
    const locker = { acquire: async () => ({ [Symbol.dispose]: () => {} }) }
    const never = () => {
      reached()
      return new Promise<never>(() => undefined)
    }
    void world.another({ beforeRevert: never }, { locker }).recover()
    await dying
    expect((await world.engine.standings()).records[0]?.state).toBe('reverting')
    expect(await world.engine.recover()).toMatchObject([{ restoration: 'identical' }])
    expect(text(world.file)).toBe('before')
  })
})
