import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { sha256 } from '../../src/secrets/index.ts'
import { StoredRunBook } from '../../src/services/book.ts'
import { Runs } from '../../src/services/runs.ts'
import { anchoredClock } from '../../src/time/clock.ts'
import { aController, DRILL } from './support/a-controller.ts'

let it_: Awaited<ReturnType<typeof aController>>
beforeEach(async () => {
  it_ = await aController()
})
afterEach(async () => {
  await it_.runs.close()
  await it_.store.close()
})

/** Lets the consumer see the steady state again as soon as everything is rolled back. */
function recoversAfterRevert(): void {
  const { book, fleet, user } = it_
  book.listen({
    fact: (runId, { fact }) => {
      if (fact.event.type === 'revert.ended') void fleet.probe(user, runId, 'answers', 'up')
    },
  })
}

describe('planning', () => {
  it('gives the same fingerprint for the same drill on unchanged hosts', async () => {
    const [first, second] = [await it_.planIt(), await it_.planIt()]
    expect(second.digest).toBe(first.digest)
    expect(second.planId).not.toBe(first.planId)
  })

  it('says how long anything may stay changed at worst', async () => {
    expect((await it_.planIt()).worstCaseMs).toBe(1000 + 1000 + 30_000 + 1000 + 3000 + 1000)
  })

  it('is refused for an offline host, and names it', async () => {
    it_.web.online = false
    await expect(it_.planIt()).rejects.toMatchObject({ code: 'plan-refused', items: [{ where: 'web-1' }] })
  })

  it('is refused when more hosts match than the drill allows', async () => {
    await it_.fleet.add('web-2', { role: 'web' })
    await it_.fleet.add('web-3', { role: 'web' })
    await expect(it_.planIt()).rejects.toThrow(/3 approved hosts match role=web, at most 2/)
  })

  it("repeats a host's own refusal with the line that would allow it", async () => {
    const step = {
      ok: false as const,
      stepId: 'stop-web',
      code: 'policy-refused',
      reason: 'not allowed',
      rule: 'services: [nginx]',
    }
    it_.web.refuse = (order) =>
      order.name === 'prepare' ? { ok: true, prepared: { steps: [step], probes: [] } } : null
    await expect(it_.planIt()).rejects.toMatchObject({ items: [{ rule: 'services: [nginx]' }] })
  })
})

describe('planning a failure that the drill names no effect probe for', () => {
  it('is refused for the one host on which nothing would show it', async () => {
    const it_ = await aController(DRILL.replace(/\n {4}effect: .*/, ''))
    const second = await it_.fleet.add('web-2', { role: 'web' })
    await expect(it_.planIt()).resolves.toMatchObject({ steps: [{ effect: { probeId: 'stop-web-effect' } }] })
    const said = { touches: [], sentences: [], injectMs: 1, revertMs: 1, digest: sha256('x'), effect: null }
    const step = { ok: true as const, stepId: 'stop-web', ...said }
    second.refuse = () => ({ ok: true, prepared: { steps: [step], probes: [] } })
    await expect(it_.planIt()).rejects.toMatchObject({
      code: 'plan-refused',
      items: [{ where: 'web-2, step stop-web' }],
    })
    second.refuse = () => ({ ok: true, prepared: { steps: [], probes: [] } })
    await expect(it_.planIt()).rejects.toThrow(/did not say what would be touched/)
    await it_.runs.close()
    await it_.store.close()
  })
})

describe('a run', () => {
  it('passes when the failure was seen on the consumer path and everything came back', async () => {
    it_.consumerNotices()
    recoversAfterRevert()
    const { runId } = await it_.startIt()
    const run = await it_.runs.ended(runId)
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical', anomalies: [] })
    expect(await it_.store.runs.holding(it_.web.hostId)).toBeNull()
  })

  it('fails when the failure was not seen, and rolls back all the same', async () => {
    const { runId } = await it_.startIt()
    const run = await it_.runs.ended(runId)
    expect(run).toMatchObject({ outcome: 'failed', effect: 'not seen', restoration: 'identical' })
    expect(it_.web.held.size).toBe(0)
  })

  it('is skipped, with nothing touched, when the steady state does not hold beforehand', async () => {
    it_.user.refuse = (order) =>
      order.name === 'run.open' ? { ok: false, code: 'host-busy', reason: 'is busy', rule: null } : null
    const { runId } = await it_.startIt()
    const run = await it_.runs.ended(runId)
    expect(run).toMatchObject({ outcome: 'skipped' })
    expect(it_.web.orders.map((order) => order.name)).not.toContain('inject')
  })

  it('puts every host back when one of them cannot be injected', async () => {
    const second = await it_.fleet.add('web-2', { role: 'web' })
    second.refuse = (order) =>
      order.name === 'inject' ? { ok: false, code: 'cannot-restore', reason: 'hosts file is odd', rule: null } : null
    it_.consumerNotices()
    recoversAfterRevert()
    const { runId } = await it_.startIt()
    const run = await it_.runs.ended(runId)
    expect(run).toMatchObject({ outcome: 'aborted', restoration: 'identical' })
    expect(it_.web.held.size).toBe(0)
  })

  it('aborted by a person rolls back and says who stopped it', async () => {
    let runId = ''
    it_.web.onInjected = () => void it_.runs.abort(runId, 'bob', 'enough')
    recoversAfterRevert()
    runId = (await it_.startIt()).runId
    const run = await it_.runs.ended(runId)
    expect(run).toMatchObject({ outcome: 'aborted', restoration: 'identical' })
    expect(run?.aborts[0]).toMatchObject({ by: 'bob', cause: 'person' })
  })

  it('never passes with a host that is stuck', async () => {
    it_.web.restoration = 'stuck'
    it_.consumerNotices()
    recoversAfterRevert()
    const { runId } = await it_.startIt()
    const run = await it_.runs.ended(runId)
    expect(run).toMatchObject({ outcome: 'failed', restoration: 'stuck' })
  })

  it('stops when a host rolls itself back for a reason of its own', async () => {
    it_.consumerNotices()
    recoversAfterRevert()
    it_.book.listen({
      fact: (_, { fact }) => {
        if (fact.event.type === 'effect.seen') void it_.fleet.revert(it_.web, 'stop-web', 'halt')
      },
    })
    it_.fleet.hosts[0]?.orders.splice(0)
    const { runId } = await it_.startIt()
    const run = await it_.runs.ended(runId)
    expect(run?.restoration).toBe('identical')
    expect(run?.steps[0]?.hosts[0]?.cause).toBe('halt')
  })

  it('holds its hosts: a second run on the same hosts is refused', async () => {
    const planned = await it_.planIt()
    const first = await it_.startIt()
    const again = it_.runs.start({ planId: planned.planId, digest: planned.digest }, it_.clientId, 'alice')
    await expect(again).rejects.toMatchObject({ code: 'host-busy' })
    await it_.runs.ended(first.runId)
  })

  it('refuses a plan with another fingerprint than the one looked at', async () => {
    const planned = await it_.planIt()
    const other = sha256('another')
    await expect(
      it_.runs.start({ planId: planned.planId, digest: other }, it_.clientId, 'alice'),
    ).rejects.toMatchObject({
      code: 'plan-changed',
    })
  })
})

describe('after a restart of the controller', () => {
  it('a run that was under way is rolled back and ended as aborted', async () => {
    const { fleet, store, web } = it_
    const started = new Promise<void>((resolve) => {
      web.onInjected = () => resolve()
    })
    const { runId } = await it_.startIt()
    await started
    // The old controller is gone; a new one opens the same store.
    await it_.runs.close()
    const clock = anchoredClock()
    const newBook = new StoredRunBook(store, clock)
    fleet.book = newBook
    const runs = new Runs({ book: newBook, gateway: fleet, clock, log: pino({ level: 'silent' }), store })
    newBook.listen({
      fact: (id, { fact }) => {
        if (fact.event.type === 'revert.ended') void fleet.probe(it_.user, id, 'answers', 'up')
      },
    })
    await runs.reconcile()
    const run = await runs.ended(runId)
    await eventually(() => expect(web.held.size).toBe(0))
    expect(run).toMatchObject({ outcome: 'aborted', restoration: 'identical' })
    await runs.close()
  })
})
