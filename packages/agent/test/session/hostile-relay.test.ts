import { CloseCode } from '@chaos-lite/shared'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RUN } from '../fixtures/toy-engine.ts'
import { hostileRelay, PATIENT, settled, until } from './hostile-relay.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: [...PATIENT] }))
afterEach(() => void vi.useRealTimers())

type World = Awaited<ReturnType<typeof hostileRelay>>

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    vi.advanceTimersByTime(Math.min(500, left))
    await settled()
  }
}

async function held(): Promise<World> {
  const world = await hostileRelay()
  await world.connect()
  await world.inject()
  expect(world.content()).toBe('after')
  return world
}

/** Time passes with a relay that carries everything. */
async function honestly(world: World, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    await pass(Math.min(500, left))
    await world.relay.carry()
  }
}

const restored = (world: World) => until(() => world.content() === 'before', 'the host is as it was')
const lease = (ask: number) => JSON.stringify({ type: 'lease', runId: RUN, ask, ttlMs: 120_000 })

test('with an honest relay the failure is held as long as the controller grants it, and no longer than a lease after', async () => {
  await using world = await held()
  await honestly(world, 60_000)
  expect(world.content()).toBe('after')
  world.controller.grants = false
  await honestly(world, 10_500)
  await restored(world)
  expect(world.relay.closes).toEqual([])
})

test('leases that the relay makes up end the link, keep nothing in place, and are reported', async () => {
  await using world = await held()
  world.controller.grants = false
  for (const forged of [lease(1), `${'A'.repeat(43)}${lease(1)}`, lease(1)]) {
    world.relay.toHost(forged)
    await settled()
    expect(world.relay.closes.at(-1)).toBe(CloseCode.brokenSeal)
    await world.connect()
  }
  await pass(10_500)
  await restored(world)
  expect(world.relay.closes).toHaveLength(3)
  expect(world.facts.filter((fact) => fact.includes('command-forged'))).toHaveLength(1)
})

test('a lease that was granted once cannot be used twice', async () => {
  await using world = await held()
  await pass(3_000)
  for (const text of world.relay.fromHost.splice(0)) world.controller.honest.hear(text)
  world.controller.react()
  const granted = world.controller.honest.said.splice(0)
  expect(granted).toHaveLength(1)
  for (const frame of granted) world.relay.toHost(frame)
  await pass(5_000)
  for (const frame of granted) world.relay.toHost(frame)
  await pass(4_500)
  expect(world.content()).toBe('after')
  expect(world.relay.closes).toEqual([CloseCode.brokenSeal])
  // Ten seconds after the question at three.
  await pass(1_500)
  await restored(world)
})

test('leases that are held back count from their questions: a relay that waits shortens the hold', async () => {
  await using world = await held()
  await pass(3_000)
  for (const text of world.relay.fromHost.splice(0)) world.controller.honest.hear(text)
  world.controller.react()
  await pass(6_500)
  for (const frame of world.controller.honest.said.splice(0)) world.relay.toHost(frame)
  await pass(3_000)
  expect(world.content()).toBe('after')
  await pass(1_500)
  await restored(world)
  expect(world.facts.join()).toContain('lease.lost')
})

test('questions that are held back and answered late do not lengthen the hold either', async () => {
  await using world = await held()
  await pass(9_000)
  // Three questions, answered at nine seconds: the last of them was asked then at the latest.
  await world.relay.carry()
  await pass(10_500)
  await restored(world)
})

test('whoever leaves out the order to roll back cannot hand on any lease after it', async () => {
  await using world = await held()
  await honestly(world, 6_000)
  world.controller.command({ name: 'revert', runId: RUN, stepId: null, cause: 'abort' })
  world.controller.honest.said.pop()
  for (let seconds = 0; seconds < 16; seconds += 1) await honestly(world, 1_000)
  await restored(world)
  expect(world.relay.closes[0]).toBe(CloseCode.brokenSeal)
  expect(world.facts.join()).toContain('command-forged')
})

test('a lease of another session is worth nothing, even where the question had the same number', async () => {
  await using world = await held()
  await pass(3_000)
  for (const text of world.relay.fromHost.splice(0)) world.controller.honest.hear(text)
  world.controller.react()
  const before = world.controller.honest.said.splice(0)
  expect(before.length).toBeGreaterThan(0)
  await world.connect()
  world.controller.grants = false
  for (const frame of before) world.relay.toHost(frame)
  await settled()
  expect(world.relay.closes.at(-1)).toBe(CloseCode.brokenSeal)
  await pass(8_000)
  await restored(world)
})

test('a controller of another session cannot grant what was asked long ago for longer than from then', async () => {
  await using world = await held()
  await pass(3_000)
  const asked = JSON.parse((world.relay.fromHost.at(-1) ?? '').slice(43))
  expect(asked.type).toBe('lease')
  await pass(6_000)
  const other = await world.connect()
  other.say({ ...asked, ttlMs: 10_000 })
  world.controller.grants = false
  await world.relay.carry()
  await pass(3_500)
  expect(world.content()).toBe('after')
  await pass(1_500)
  await restored(world)
})

test('acknowledgements that the relay makes up remove no fact', async () => {
  await using world = await hostileRelay()
  await world.connect()
  await world.relay.carry()
  const cursor = { epoch: world.outbox.epoch, seq: 0 }
  const pending = async () => (await (await world.outbox.reader()).read({ facts: 10, bytes: 1e6 })).length
  expect(await pending()).toBe(1)
  world.relay.toHost(JSON.stringify({ type: 'ack', cursor }))
  await settled()
  expect(world.relay.closes).toEqual([CloseCode.brokenSeal])
  await world.connect()
  world.relay.toHost(`${'A'.repeat(43)}${JSON.stringify({ type: 'ack', cursor })}`)
  await settled()
  expect(world.relay.closes).toHaveLength(2)
  await until(() => world.facts.join().includes('command-forged'), 'the fact that reports it')
  expect(await pending()).toBe(2)
  const honest = await world.connect()
  honest.say({ type: 'ack', cursor: { ...cursor, seq: 1 } })
  await world.relay.carry()
  for (let left = await pending(); left > 0; left = await pending()) await settled()
})

test('a welcome that the relay makes up, with a cursor of its own, removes no fact', async () => {
  await using world = await hostileRelay()
  await world.connect()
  await world.relay.carry()
  const cursor = { epoch: world.outbox.epoch, seq: 0 }
  await world.greet()
  world.relay.toHost(JSON.stringify({ type: 'welcome', session: 'ab'.repeat(32), cursor, leaseTtlMs: 10_000 }))
  await settled()
  expect(world.relay.closes).toEqual([CloseCode.brokenSeal])
  const reader = await world.outbox.reader()
  expect((await reader.read({ facts: 10, bytes: 1e6 })).length).toBeGreaterThan(0)
})

test('facts that the relay changes on their way up are not believed', async () => {
  await using world = await hostileRelay()
  const honest = await world.greet()
  honest.say({ type: 'welcome', session: honest.session, cursor: null, leaseTtlMs: 10_000 })
  for (const frame of honest.said.splice(0)) world.relay.toHost(frame)
  const fact = () => world.relay.fromHost.findIndex((frame) => frame.includes('agent.started'))
  await until(() => fact() >= 0, 'the first fact')
  for (const frame of world.relay.fromHost.splice(0, fact())) honest.hear(frame)
  expect(honest.closed).toBe(false)
  honest.hear((world.relay.fromHost[0] ?? '').replace('openRecords', 'openRecordz'))
  expect(honest.closed).toBe(true)
  expect(honest.heard.filter(({ type }) => type === 'facts')).toEqual([])
})

/** What a relay may do with a frame, or without one. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('carry' as const), ms: fc.integer({ min: 0, max: 4_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('hold back' as const), ms: fc.integer({ min: 0, max: 6_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave out' as const), ms: fc.constant(500) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const), ms: fc.integer({ min: 0, max: 3_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('make up' as const), ms: fc.integer({ min: 0, max: 3_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reconnect' as const), ms: fc.constant(0) }) },
)

test('whatever the relay does, the host is as it was ten seconds after the controller stopped granting', async () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(steps, steps, async (before, after) => {
      vi.useFakeTimers({ toFake: [...PATIENT] })
      await using world = await held()
      const { relay, controller } = world
      const everSaid: string[] = []
      const meddle = async (one: (typeof before)[number]) => {
        await pass(one.ms)
        // The link was closed: the controller takes the next one, as it always does.
        if (one.do === 'reconnect' || controller.honest.closed || relay.closes.splice(0).length > 0) {
          await world.connect()
        }
        if (one.do === 'carry' || one.do === 'repeat') everSaid.push(...controller.honest.said)
        if (one.do === 'carry') await relay.carry()
        if (one.do === 'leave out') controller.honest.said.shift()
        if (one.do === 'make up') relay.toHost(lease(everSaid.length))
        const old = everSaid.at(-1)
        if (one.do === 'repeat' && old !== undefined) relay.toHost(old)
        await settled()
      }
      for (const one of before) await meddle(one)
      controller.grants = false
      const stoppedMs = world.clock.monoMs()
      while (world.clock.monoMs() - stoppedMs < 10_500) {
        for (const one of after) await meddle(one)
        await pass(500)
      }
      await restored(world)
    }),
    { numRuns: 12, endOnFailure: true },
  )
})
