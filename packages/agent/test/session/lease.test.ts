import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { Lease } from '../../src/session/lease.ts'
import { OTHER_RUN, openRun, RUN, refusedWith, toySession } from './support.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const clock = { bootId: 'b', monoMs: () => performance.now(), wallMs: () => Date.now() }

function lease(ttlMs = 10_000, numbers = { last: 0 }) {
  const lost = vi.fn()
  const held = new Lease({ clock, ttlMs, numbers, onLost: lost })
  /** Asks, and is answered at once. */
  const renew = (grantedMs: number) => held.renew(held.ask() ?? -1, grantedMs)
  return { lost, lease: held, renew }
}

test('a lease that is not renewed is lost once, when its time is up', () => {
  const { lost } = lease()
  vi.advanceTimersByTime(9_999)
  expect(lost).not.toHaveBeenCalled()
  vi.advanceTimersByTime(60_000)
  expect(lost).toHaveBeenCalledTimes(1)
})

test('a lease that is renewed in time goes on', () => {
  const { lost, renew } = lease()
  for (let n = 0; n < 20; n++) {
    vi.advanceTimersByTime(3_000)
    expect(renew(10_000)).toBe('renewed')
  }
  expect(lost).not.toHaveBeenCalled()
})

test('a renewal that comes too late changes nothing: lost is lost', () => {
  const { lost, lease: held } = lease()
  const ask = held.ask() ?? -1
  vi.advanceTimersByTime(10_001)
  expect(held.renew(ask, 10_000)).toBe('too late')
  expect(held.ask()).toBeNull()
  expect(lost).toHaveBeenCalledTimes(1)
})

test('a short renewal takes nothing back from a longer one', () => {
  const { lost, renew } = lease()
  expect(renew(1)).toBe('renewed')
  vi.advanceTimersByTime(9_000)
  expect(lost).not.toHaveBeenCalled()
})

test('no renewal lasts longer than two minutes', () => {
  const { lost, renew } = lease()
  renew(3_600_000)
  vi.advanceTimersByTime(120_001)
  expect(lost).toHaveBeenCalledTimes(1)
})

test('a lease that was ended is never lost', () => {
  const { lost, lease: held } = lease()
  const ask = held.ask() ?? -1
  held.end()
  vi.advanceTimersByTime(60_000)
  expect(lost).not.toHaveBeenCalled()
  expect(held.renew(ask, 1000)).toBe('too late')
})

test('a grant counts from when it was asked for, however long it was held back', () => {
  const { lost, lease: held } = lease()
  vi.advanceTimersByTime(1_000)
  const ask = held.ask() ?? -1
  vi.advanceTimersByTime(8_999)
  expect(held.renew(ask, 10_000)).toBe('renewed')
  vi.advanceTimersByTime(1_000)
  expect(lost).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(lost).toHaveBeenCalledTimes(1)
})

test('a grant is good once, and none after a later one', () => {
  const { lease: held } = lease()
  const asks = [held.ask(), held.ask(), held.ask()].map((ask) => ask ?? -1)
  expect(held.renew(asks[1] ?? 0, 10_000)).toBe('renewed')
  expect(held.renew(asks[1] ?? 0, 10_000)).toBe('never asked')
  expect(held.renew(asks[0] ?? 0, 10_000)).toBe('never asked')
  expect(held.renew(99, 10_000)).toBe('never asked')
  expect(held.renew(asks[2] ?? 0, 10_000)).toBe('renewed')
})

test('a grant that was asked for under an earlier lease of the same run is worth nothing under the next', () => {
  const numbers = { last: 0 }
  const before = lease(10_000, numbers)
  const ask = before.lease.ask() ?? -1
  vi.advanceTimersByTime(10_000)
  expect(before.lost).toHaveBeenCalledTimes(1)
  const { lease: held, lost } = lease(10_000, numbers)
  expect(held.renew(ask, 60_000)).toBe('too late')
  vi.advanceTimersByTime(10_000)
  expect(lost).toHaveBeenCalledTimes(1)
})

test('only so many questions are remembered, the latest', () => {
  const { lease: held } = lease(120_000)
  const asks = Array.from({ length: 150 }, () => held.ask() ?? -1)
  expect(held.renew(asks[49] ?? 0, 1)).toBe('never asked')
  expect(held.renew(asks[50] ?? 0, 1)).toBe('renewed')
})

/** What a relay may do with the frames between the lease and the one who grants it. */
const step = fc.oneof(
  fc.record({ do: fc.constant('ask' as const) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 4_000 }) }),
  fc.record({ do: fc.constant('deliver' as const), which: fc.nat(200), ttlMs: fc.integer({ min: 0, max: 200_000 }) }),
  fc.record({ do: fc.constant('invent' as const), ask: fc.nat(200), ttlMs: fc.integer({ min: 0, max: 200_000 }) }),
)

test('whatever is delayed, repeated, reordered, left out or invented, it ends by the last one truly asked for and granted', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const beganMs = clock.monoMs()
      const lostAtMs: number[] = []
      const held = new Lease({
        ...{ clock, ttlMs: 10_000, numbers: { last: 0 } },
        onLost: () => lostAtMs.push(clock.monoMs()),
      })
      const asked = new Map<number, number>()
      let untilMs = beganMs + 10_000
      for (const one of steps) {
        if (one.do === 'wait') vi.advanceTimersByTime(one.ms)
        if (one.do === 'ask') {
          const ask = held.ask()
          if (ask !== null) asked.set(ask, clock.monoMs())
        }
        if (one.do !== 'deliver' && one.do !== 'invent') continue
        const ask = one.do === 'invent' ? one.ask : [...asked.keys()][one.which % Math.max(1, asked.size)]
        if (ask === undefined) continue
        const askedMs = asked.get(ask)
        const renewal = held.renew(ask, one.ttlMs)
        if (askedMs === undefined) expect(renewal).not.toBe('renewed')
        else if (renewal === 'renewed') untilMs = Math.max(untilMs, askedMs + Math.min(one.ttlMs, 120_000))
      }
      vi.advanceTimersByTime(300_000)
      expect(lostAtMs).toHaveLength(1)
      // A timer of a millisecond at least; never before its time, and not after it.
      expect((lostAtMs[0] ?? 0) - untilMs).toBeGreaterThanOrEqual(0)
      expect((lostAtMs[0] ?? 0) - untilMs).toBeLessThanOrEqual(1)
      held.end()
    }),
  )
})

/** Moves the host's clock and the timers on, as ten seconds of silence would. */
function silence(toy: ReturnType<typeof toySession>) {
  toy.advance(10_500)
  vi.advanceTimersByTime(10_500)
}

function injectAs(toy: ReturnType<typeof toySession>, stepId: string, onLinkLoss: 'revert' | 'hold') {
  const { explanationDigest: _, runId: __, ...request } = toy.world.request({ stepId, onLinkLoss })
  const params = JSON.parse(JSON.stringify(request.params))
  return toy.world.engine
    .prepare({ ...request, params })
    .then(({ digest }) => toy.order({ ...request, params, name: 'inject', runId: RUN, explanationDigest: digest }))
}

const content = (toy: ReturnType<typeof toySession>) => readFileSync(toy.world.file, 'utf8')

test('when the controller falls silent the failure is rolled back, and the record says why', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  expect(await injectAs(toy, 'one', 'revert')).toMatchObject({ ok: true })
  silence(toy)
  await eventually(() => expect(toy.types()).toContain('revert.ended'))
  expect(content(toy)).toBe('before')
  expect(toy.types()).toContain('lease.lost')
  expect(toy.events.find(({ type }) => type === 'revert.begun')).toMatchObject({ cause: 'lease lost' })
})

test('a renewed lease keeps the failure in place', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  await injectAs(toy, 'one', 'revert')
  const { ask } = toy.session.askLease() ?? { ask: 0 }
  toy.session.lease({ runId: RUN, ask, ttlMs: 60_000 })
  silence(toy)
  expect(content(toy)).toBe('after')
  expect(toy.types()).not.toContain('lease.lost')
})

test('a failure that is to hold without the link stays until its own deadline', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  await injectAs(toy, 'one', 'hold')
  silence(toy)
  await eventually(() => expect(toy.types()).toContain('lease.lost'))
  expect(content(toy)).toBe('after')
})

test("a renewal for another run does not keep this run's lease", async () => {
  await using toy = toySession()
  await toy.order(openRun())
  await injectAs(toy, 'one', 'revert')
  const { ask } = toy.session.askLease() ?? { ask: 0 }
  toy.session.lease({ runId: '01J0000000000000000000XXXX', ask, ttlMs: 60_000 })
  silence(toy)
  await eventually(() => expect(content(toy)).toBe('before'))
})

test('after the lease was lost nothing more is injected, until the controller opens the run again', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  silence(toy)
  await eventually(() => expect(toy.types()).toContain('lease.lost'))
  expect(await injectAs(toy, 'one', 'revert')).toEqual(refusedWith('wrong-state'))
  expect(await toy.order(openRun())).toMatchObject({ ok: true })
  expect(await injectAs(toy, 'one', 'revert')).toMatchObject({ ok: true })
})

test('a run whose controller never returns lets go of the host by itself', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  silence(toy)
  await eventually(() => expect(toy.types()).toContain('lease.lost'))
  vi.advanceTimersByTime(16 * 60_000)
  await eventually(() => expect(toy.session.runId).toBeNull())
})

test('a run that lost its lease and has put everything back gives way to the next run', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  await injectAs(toy, 'one', 'revert')
  silence(toy)
  await eventually(() => expect(toy.types()).toContain('revert.ended'))
  await eventually(async () => expect(await toy.order(openRun([], OTHER_RUN))).toMatchObject({ ok: true }))
  expect(toy.session.runId).toBe(OTHER_RUN)
})

test('a run that lost its lease but still holds something keeps the host', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  await injectAs(toy, 'one', 'hold')
  silence(toy)
  await eventually(() => expect(toy.types()).toContain('lease.lost'))
  expect(await toy.order(openRun([], OTHER_RUN))).toMatchObject({ ok: false, code: 'host-busy' })
  expect(content(toy)).toBe('after')
})

test('a lease that nobody asked for, or that comes twice, keeps nothing in place, and is reported once', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  await injectAs(toy, 'one', 'revert')
  const { ask } = toy.session.askLease() ?? { ask: 0 }
  toy.session.lease({ runId: RUN, ask, ttlMs: 1 })
  for (const number of [ask, ask + 1, 1_000]) toy.session.lease({ runId: RUN, ask: number, ttlMs: 60_000 })
  silence(toy)
  await eventually(() => expect(content(toy)).toBe('before'))
  const refused = toy.events.filter(({ type }) => type === 'refused')
  expect(refused).toMatchObject([{ command: 'lease', code: 'wrong-state', runId: RUN }])
})

test('without an open run no lease is asked for, and after the loss neither', async () => {
  await using toy = toySession()
  expect(toy.session.askLease()).toBeNull()
  await toy.order(openRun())
  expect(toy.session.askLease()).toEqual({ runId: RUN, ask: 1 })
  expect(toy.session.askLease()).toEqual({ runId: RUN, ask: 2 })
  silence(toy)
  await eventually(() => expect(toy.types()).toContain('lease.lost'))
  expect(toy.session.askLease()).toBeNull()
})
