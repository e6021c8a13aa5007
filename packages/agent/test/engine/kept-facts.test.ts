import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AgentEvent, ChaosError } from '@chaos-lite/shared'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { KeptFacts } from '../../src/engine/kept-facts.ts'
import { createOutbox } from '../../src/outbox/index.ts'
import { RUN, type ToyWorld, toyWorld } from '../fixtures/toy-engine.ts'
import { realClock } from '../fixtures/toy-host.ts'

const full = () => new ChaosError('storage-full', 'no room')

/** A fact that shows the order. */
function fact(n: number): AgentEvent {
  const record = { runId: RUN, stepId: 'one', recordId: '01J0000000000000000000000A', action: 'toy.write' }
  return { ...record, type: 'revert.begun', cause: 'abort', monoMs: n }
}

/** A disk that is full until the test makes room; facts that cannot be written at all are refused for another reason. */
function disk() {
  const state = { isFull: false, refuses: null as number | null }
  const stored: number[] = []
  const warnings: string[] = []
  const kept = new KeptFacts({
    reporter: {
      report: async (event) => {
        if (event.type !== 'revert.begun') return
        if (state.refuses === event.monoMs) throw new ChaosError('internal', 'too long')
        if (state.isFull) throw full()
        stored.push(event.monoMs)
      },
    },
    warn: (message) => warnings.push(message),
  })
  return { state, stored, warnings, kept }
}

describe('facts that find no room', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('are written in their order once there is room', async () => {
    const { state, stored, kept } = disk()
    state.isFull = true
    await kept.add(fact(1))
    await kept.add(fact(2))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(stored).toEqual([])
    state.isFull = false
    await kept.add(fact(3))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(stored).toEqual([1, 2, 3])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('are known to be stored only then', async () => {
    const { state, kept } = disk()
    const onStored = vi.fn()
    state.isFull = true
    await kept.add(fact(1), onStored)
    expect(onStored).not.toHaveBeenCalled()
    state.isFull = false
    await vi.advanceTimersByTimeAsync(1_000)
    expect(onStored).toHaveBeenCalledOnce()
  })

  test('are tried once more before the process ends, and hold it up no longer', async () => {
    const { state, stored, kept } = disk()
    state.isFull = true
    await kept.add(fact(1))
    await kept.flush()
    expect(vi.getTimerCount()).toBe(0)
    state.isFull = false
    await kept.flush()
    expect(stored).toEqual([1])
  })

  test('are bounded', async () => {
    const { state, stored, warnings, kept } = disk()
    state.isFull = true
    for (let n = 1; n <= 1_010; n += 1) await kept.add(fact(n))
    expect(warnings.filter((one) => one.includes('is lost'))).toHaveLength(10)
    state.isFull = false
    await kept.flush()
    expect(stored).toHaveLength(1_000)
  })

  test('keep no place for one that can never be written', async () => {
    const { state, stored, warnings, kept } = disk()
    state.refuses = 2
    for (const n of [1, 2, 3]) await kept.add(fact(n))
    expect(stored).toEqual([1, 3])
    expect(warnings).toHaveLength(1)
  })
})

/** A host whose outbox is full from some event on, until the test makes room. */
function fullFrom(type: AgentEvent['type']) {
  const events: AgentEvent[] = []
  const state = { isFull: false, fills: true }
  const report = async (event: AgentEvent) => {
    if (state.fills && event.type === type) state.isFull = true
    if (state.isFull) throw full()
    events.push(event)
  }
  const world = toyWorld({}, { reporter: { report } })
  return { world, events, state, types: () => events.map((event) => event.type) }
}

const archive = (world: ToyWorld) => readdirSync(`${world.paths.journal}-done`)

describe('an engine whose disk becomes full', () => {
  test('rolls back all the same, and reports everything later', async () => {
    const { world, state, types } = fullFrom('inject.begun')
    const { head } = await world.engine.inject(world.request())
    expect(await world.engine.revert({}, 'hold ended')).toMatchObject([{ restoration: 'identical' }])
    expect(types()).toEqual(['inject.armed'])
    expect(archive(world)).toEqual([head.recordId])
    Object.assign(state, { isFull: false, fills: false })
    await world.engine[Symbol.asyncDispose]()
    expect(types()).toEqual(['inject.armed', 'inject.begun', 'inject.injected', 'revert.begun', 'revert.ended'])
    expect(archive(world)).toEqual([`${head.recordId}.told`])
  })

  test('and that dies before it could report, has the next one report how the record ended', async () => {
    const { world } = fullFrom('revert.begun')
    const { head } = await world.engine.inject(world.request())
    await world.engine.revert({}, 'hold ended')
    const events: AgentEvent[] = []
    const next = world.another({}, { reporter: { report: async (event) => void events.push(event) } })
    expect(await next.recover()).toEqual([])
    expect(events).toMatchObject([
      { type: 'revert.ended', recordId: head.recordId, runId: RUN, restoration: 'identical', byHand: null },
    ])
    await next.recover()
    expect(events).toHaveLength(1)
    await world.engine[Symbol.asyncDispose]()
  })

  test('says that a change of somebody else was kept, where that stands in the journal', async () => {
    const { world } = fullFrom('revert.begun')
    await world.engine.inject(world.request())
    writeFileSync(world.file, 'somebody else')
    await world.engine.revert({}, 'hold ended')
    const events: AgentEvent[] = []
    const next = world.another({}, { reporter: { report: async (event) => void events.push(event) } })
    await next.recover()
    expect(events).toMatchObject([
      { restoration: 'ours undone', kept: [expect.stringContaining('not known any more')] },
    ])
    await world.engine[Symbol.asyncDispose]()
  })
})

test('a record that was reported, or belongs to a rehearsal, is not reported again', async () => {
  const world = toyWorld()
  for (const runId of [RUN, null]) {
    await world.engine.inject(world.request({ runId }))
    await world.engine.revert({}, 'released early')
  }
  const before = world.events.length
  await world.engine.recover()
  expect(world.events).toHaveLength(before)
  expect(archive(world).every((name) => name.endsWith('.told'))).toBe(true)
})

test('a damaged archive keeps nobody from being rolled back', async () => {
  const world = toyWorld()
  const { head } = await world.engine.inject(world.request())
  world.deps.journal.markReported = async () => undefined
  await world.engine.revert({}, 'released early')
  const path = join(`${world.paths.journal}-done`, head.recordId, 'head.json')
  expect(existsSync(path)).toBe(true)
  writeFileSync(path, '')
  expect(await world.engine.recover()).toEqual([])
})

test('the outbox of a process that found no room at first has all facts in their order in the end', async () => {
  const world = toyWorld()
  const { head } = await world.engine.inject(world.request())
  mkdirSync(world.paths.state, { recursive: true })
  // A file in its place: no folder can be made, as on a full disk.
  writeFileSync(world.paths.outbox, '')
  await using outbox = createOutbox({ folder: world.paths.outbox, clock: realClock })
  const next = world.another({}, { reporter: outbox })
  expect(await next.recover()).toMatchObject([{ restoration: 'identical' }])
  expect(archive(world)).toEqual([head.recordId])
  rmSync(world.paths.outbox)
  await next[Symbol.asyncDispose]()
  const facts = await (await outbox.reader()).read({ facts: 10, bytes: 100_000 })
  expect(facts.map(({ line }) => JSON.parse(line).event.type)).toEqual(['revert.begun', 'revert.ended'])
  expect(archive(world)).toEqual([`${head.recordId}.told`])
  await world.engine[Symbol.asyncDispose]()
})
