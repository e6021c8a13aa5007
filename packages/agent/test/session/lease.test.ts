import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Lease } from '../../src/session/lease.ts'
import { OTHER_RUN, openRun, RUN, refusedWith, toySession } from './support.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const clock = { bootId: 'b', monoMs: () => performance.now(), wallMs: () => Date.now() }

function lease(ttlMs = 10_000) {
  const lost = vi.fn()
  return { lost, lease: new Lease({ clock, ttlMs, onLost: lost }) }
}

test('a lease that is not renewed is lost once, when its time is up', () => {
  const { lost } = lease()
  vi.advanceTimersByTime(9_999)
  expect(lost).not.toHaveBeenCalled()
  vi.advanceTimersByTime(60_000)
  expect(lost).toHaveBeenCalledTimes(1)
})

test('a lease that is renewed in time goes on', () => {
  const { lost, lease: held } = lease()
  for (let n = 0; n < 20; n++) {
    vi.advanceTimersByTime(3_000)
    expect(held.renew(10_000)).toBe(true)
  }
  expect(lost).not.toHaveBeenCalled()
})

test('a renewal that comes too late changes nothing: lost is lost', () => {
  const { lost, lease: held } = lease()
  vi.advanceTimersByTime(10_001)
  expect(held.renew(10_000)).toBe(false)
  expect(lost).toHaveBeenCalledTimes(1)
})

test('a short renewal takes nothing back from a longer one', () => {
  const { lost, lease: held } = lease()
  held.renew(1)
  vi.advanceTimersByTime(9_000)
  expect(lost).not.toHaveBeenCalled()
})

test('no renewal lasts longer than two minutes', () => {
  const { lost, lease: held } = lease()
  held.renew(3_600_000)
  vi.advanceTimersByTime(120_001)
  expect(lost).toHaveBeenCalledTimes(1)
})

test('a lease that was ended is never lost', () => {
  const { lost, lease: held } = lease()
  held.end()
  vi.advanceTimersByTime(60_000)
  expect(lost).not.toHaveBeenCalled()
  expect(held.renew(1000)).toBe(false)
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

test('when the controller falls silent the failure is put back, and the record says why', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  expect(await injectAs(toy, 'one', 'revert')).toMatchObject({ ok: true })
  silence(toy)
  await vi.waitFor(() => expect(toy.types()).toContain('revert.ended'))
  expect(content(toy)).toBe('before')
  expect(toy.types()).toContain('lease.lost')
  expect(toy.events.find(({ type }) => type === 'revert.begun')).toMatchObject({ cause: 'lease lost' })
})

test('a renewed lease keeps the failure in place', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  await injectAs(toy, 'one', 'revert')
  toy.session.lease(RUN, 60_000)
  silence(toy)
  expect(content(toy)).toBe('after')
  expect(toy.types()).not.toContain('lease.lost')
})

test('a failure that is to hold without the link stays until its own deadline', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  await injectAs(toy, 'one', 'hold')
  silence(toy)
  await vi.waitFor(() => expect(toy.types()).toContain('lease.lost'))
  expect(content(toy)).toBe('after')
})

test("a renewal for another run does not keep this run's lease", async () => {
  await using toy = toySession()
  await toy.order(openRun())
  await injectAs(toy, 'one', 'revert')
  toy.session.lease('01J0000000000000000000XXXX', 60_000)
  silence(toy)
  await vi.waitFor(() => expect(content(toy)).toBe('before'))
})

test('after the lease was lost nothing more is injected, until the controller opens the run again', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  silence(toy)
  await vi.waitFor(() => expect(toy.types()).toContain('lease.lost'))
  expect(await injectAs(toy, 'one', 'revert')).toEqual(refusedWith('wrong-state'))
  expect(await toy.order(openRun())).toMatchObject({ ok: true })
  expect(await injectAs(toy, 'one', 'revert')).toMatchObject({ ok: true })
})

test('a run whose controller never returns lets go of the host by itself', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  silence(toy)
  await vi.waitFor(() => expect(toy.types()).toContain('lease.lost'))
  vi.advanceTimersByTime(16 * 60_000)
  await vi.waitFor(() => expect(toy.session.runId).toBeNull())
})

test('a run that lost its lease and has put everything back gives way to the next run', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  await injectAs(toy, 'one', 'revert')
  silence(toy)
  await vi.waitFor(() => expect(toy.types()).toContain('revert.ended'))
  await vi.waitFor(async () => expect(await toy.order(openRun([], OTHER_RUN))).toMatchObject({ ok: true }))
  expect(toy.session.runId).toBe(OTHER_RUN)
})

test('a run that lost its lease but still holds something keeps the host', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  await injectAs(toy, 'one', 'hold')
  silence(toy)
  await vi.waitFor(() => expect(toy.types()).toContain('lease.lost'))
  expect(await toy.order(openRun([], OTHER_RUN))).toMatchObject({ ok: false, code: 'host-busy' })
  expect(content(toy)).toBe('after')
})
