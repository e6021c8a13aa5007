import { ChaosError } from '@chaos-lite/shared'
import { ulid } from 'ulid'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { aController } from './support/a-controller.ts'

let it_: Awaited<ReturnType<typeof aController>>
const rejections: unknown[] = []
const note = (reason: unknown) => void rejections.push(reason)

beforeEach(async () => {
  rejections.length = 0
  process.on('unhandledRejection', note)
  it_ = await aController()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await it_.runs.close()
  await it_.store.close()
  process.off('unhandledRejection', note)
})

/** Starts the run, and resolves with its id when the failure is in place. */
async function startedAndInjected(): Promise<string> {
  const injected = new Promise<void>((resolve) => {
    it_.web.onInjected = () => resolve()
  })
  const { runId } = await it_.startIt()
  await injected
  return runId
}

function recoversAfterRevert(): void {
  it_.book.listen({
    fact: (runId, { fact }) => {
      if (fact.event.type === 'revert.ended') void it_.fleet.probe(it_.user, runId, 'answers', 'up')
    },
  })
}

/** Every fact of the controller is refused from now on, until what is returned is called. */
function fullDisk(): () => void {
  const spy = vi.spyOn(it_.store.facts, 'append').mockRejectedValue(new ChaosError('storage-full', 'No room.'))
  return () => spy.mockRestore()
}

describe('a host that was away when its run was stopped', () => {
  it('is ordered to roll back as soon as it has a link again', async () => {
    recoversAfterRevert()
    const runId = await startedAndInjected()
    it_.fleet.setOnline(it_.web, false)
    await it_.runs.abort(runId, 'bob', 'enough')
    await eventually(() => expect(it_.book.current(runId)?.phase).toBe('reverting'))
    expect(it_.web.held.size).toBe(1)
    it_.fleet.setOnline(it_.web, true)
    await eventually(() => expect(it_.web.held.size).toBe(0))
    const run = await it_.runs.ended(runId)
    expect(run).toMatchObject({ outcome: 'aborted', restoration: 'identical' })
  })

  it('is closed last, however long it took to open it again', async () => {
    recoversAfterRevert()
    const runId = await startedAndInjected()
    const opening = Promise.withResolvers<void>()
    const done: string[] = []
    const order = it_.fleet.order.bind(it_.fleet)
    vi.spyOn(it_.fleet, 'order').mockImplementation(async (hostId, what) => {
      if (hostId === it_.web.hostId && what.name === 'run.open') await opening.promise
      const answer = await order(hostId, what)
      if (hostId === it_.web.hostId && what.name.startsWith('run.')) done.push(what.name)
      return answer
    })
    it_.fleet.setOnline(it_.web, false)
    await it_.runs.abort(runId, 'bob', 'enough')
    it_.fleet.setOnline(it_.web, true)
    await eventually(() => expect(it_.user.orders.at(-1)?.name).toBe('run.close'))
    opening.resolve()
    await it_.runs.ended(runId)
    expect(done).toEqual(['run.open', 'run.close'])
  })

  it('is not opened any more when it comes back while its run ends', async () => {
    recoversAfterRevert()
    const runId = await startedAndInjected()
    const closing = Promise.withResolvers<void>()
    const order = it_.fleet.order.bind(it_.fleet)
    let isEnding = false
    vi.spyOn(it_.fleet, 'order').mockImplementation(async (hostId, what) => {
      if (what.name === 'run.close') {
        isEnding = true
        await closing.promise
      }
      return order(hostId, what)
    })
    it_.fleet.setOnline(it_.user, false)
    await it_.runs.abort(runId, 'bob', 'enough')
    await eventually(() => expect(isEnding).toBe(true))
    it_.fleet.setOnline(it_.user, true)
    // It is informed that the host is back before anything is opened on it.
    const back = () => it_.book.current(runId)?.hosts.find(({ hostId }) => hostId === it_.user.hostId)?.online
    await eventually(() => expect(back()).toBe(true))
    closing.resolve()
    await it_.runs.ended(runId)
    expect(it_.user.orders.filter(({ name }) => name === 'run.open')).toHaveLength(1)
  })

  it('does not stop its run when it was away for a moment only', async () => {
    const runId = await startedAndInjected()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      it_.fleet.setOnline(it_.web, false)
      it_.fleet.setOnline(it_.web, true)
      await vi.advanceTimersByTimeAsync(500)
      await vi.advanceTimersByTimeAsync(13_000)
      expect(it_.book.current(runId)?.aborts).toEqual([])
    } finally {
      vi.useRealTimers()
    }
    await it_.runs.abort(runId, 'bob', 'enough')
  })
})

describe('a full disk of the controller', () => {
  it('keeps nothing changed: a stopped run is rolled back, and its record follows when there is room', async () => {
    recoversAfterRevert()
    const runId = await startedAndInjected()
    const room = fullDisk()
    await it_.runs.abort(runId, 'bob', 'enough')
    await eventually(() => expect(it_.web.held.size).toBe(0))
    room()
    const run = await it_.runs.ended(runId)
    expect(run).toMatchObject({ outcome: 'aborted', restoration: 'identical', phase: 'ended', anomalies: [] })
    expect(run?.aborts[0]).toMatchObject({ by: 'bob', cause: 'person' })
  })

  it('ends no process: whatever happens to a host meanwhile goes to the log', async () => {
    const runId = await startedAndInjected()
    const room = fullDisk()
    it_.fleet.setOnline(it_.web, false)
    it_.fleet.setOnline(it_.web, true)
    await it_.fleet.revert(it_.web, 'stop-web', 'halt')
    await eventually(() => expect(it_.web.orders.filter(({ name }) => name === 'run.open')).toHaveLength(2))
    room()
    await it_.runs.ended(runId)
    expect(rejections).toEqual([])
  })

  it('does not leave hosts held by a run whose first fact could not be stored', async () => {
    const planned = await it_.planIt()
    const start = () => it_.runs.start({ planId: planned.planId, digest: planned.digest }, it_.clientId, 'alice')
    it_.sql("CREATE TRIGGER full BEFORE INSERT ON facts BEGIN SELECT RAISE(ABORT, 'no room'); END")
    await expect(start()).rejects.toThrow('no room')
    expect(await it_.store.runs.ofClient(it_.clientId, { limit: 9, before: null })).toEqual([])
    expect(await it_.store.runs.holding(it_.web.hostId)).toBeNull()
    it_.sql('DROP TRIGGER full')
    const { runId } = await start()
    expect((await it_.store.facts.ofRun(runId))[0]?.fact).toMatchObject({ seq: 0, prev: null })
    await it_.runs.abort(runId, 'bob', 'enough')
    expect(await it_.runs.ended(runId)).toMatchObject({ phase: 'ended', anomalies: [] })
  })

  it('does not leave hosts held by a run that could not be approved', async () => {
    const planned = await it_.planIt()
    const real = it_.store.facts.append.bind(it_.store.facts)
    let calls = 0
    const spy = vi.spyOn(it_.store.facts, 'append').mockImplementation((...given) => {
      calls += 1
      return calls === 1 ? Promise.reject(new ChaosError('storage-full', 'No room.')) : real(...given)
    })
    const started = it_.runs.start({ planId: planned.planId, digest: planned.digest }, it_.clientId, 'alice')
    await expect(started).rejects.toMatchObject({ code: 'storage-full' })
    spy.mockRestore()
    await eventually(async () => expect(await it_.store.runs.holding(it_.web.hostId)).toBeNull())
    expect(it_.web.orders.map(({ name }) => name)).not.toContain('inject')
  })
})

describe('stopping everything', () => {
  it('also stops a run that is just being started', async () => {
    const planned = await it_.planIt()
    const starting = it_.runs.start({ planId: planned.planId, digest: planned.digest }, it_.clientId, 'alice')
    await it_.runs.stopAll([it_.clientId], 'bob')
    const { runId } = await starting
    const run = await (it_.runs.ended(runId) ?? it_.book.get(runId))
    expect(run?.aborts[0]).toMatchObject({ cause: 'stop all' })
    expect(it_.web.orders.map(({ name }) => name)).not.toContain('inject')
  })
})

describe('what is known of each host after everything was stopped', () => {
  const states = async () => {
    const { hosts } = await it_.runs.stopAllView([it_.clientId])
    return Object.fromEntries(hosts.map(({ name, state, detail }) => [name, { state, detail }]))
  }

  it('goes from rolling back to confirmed, host by host', async () => {
    recoversAfterRevert()
    const runId = await startedAndInjected()
    expect((await states())['web-1']?.state).toBe('putting back')
    const { stoppedMs } = await it_.runs.stopAll([it_.clientId], 'bob')
    expect(stoppedMs).not.toBeNull()
    await it_.runs.ended(runId)
    expect(await states()).toEqual({
      'web-1': { state: 'confirmed', detail: 'Rolled back: identical.' },
      'ws-1': { state: 'confirmed', detail: 'Nothing was changed here.' },
    })
  })

  it('names what may still be in place on a host without a link, and until when; it stays so', async () => {
    await startedAndInjected()
    it_.fleet.setOnline(it_.web, false)
    await it_.runs.stopAll([it_.clientId], 'bob')
    const detail = (await states())['web-1']
    expect(detail?.state).toBe('unreachable')
    expect(detail?.detail).toMatch(
      /^service\.stop may still be in place\. It has no link\. Its safety timer rolls it back by \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC at the latest\.$/,
    )
    it_.fleet.setOnline(it_.web, true)
    await eventually(async () => expect((await states())['web-1']?.state).toBe('confirmed'))
  })

  it('never calls a host confirmed that could not roll back: it says what a person must do', async () => {
    const runId = await startedAndInjected()
    it_.web.restoration = 'stuck'
    await it_.runs.stopAll([it_.clientId], 'bob')
    await eventually(() => expect(it_.book.current(runId)?.restoration).toBe('stuck'))
    expect((await states())['web-1']).toEqual({ state: 'not put back', detail: 'start the service' })
  })

  it('is not informed of runs that were started afterwards', async () => {
    await it_.runs.stopAll([it_.clientId], 'bob')
    const stoppedMs = (await it_.runs.stopAllView([it_.clientId])).stoppedMs ?? 0
    await eventually(() => expect(Date.now()).toBeGreaterThan(stoppedMs + 1))
    await startedAndInjected()
    expect(await states()).toEqual({})
  })

  it('is still known after the controller was restarted: until the last host has confirmed', async () => {
    await startedAndInjected()
    it_.fleet.setOnline(it_.web, false)
    const { stoppedMs } = await it_.runs.stopAll([it_.clientId], 'bob')
    await it_.runs.close()
    const later = it_.restarted()
    await later.runs.reconcile()
    const view = await later.runs.stopAllView([it_.clientId])
    expect(view.stoppedMs).toBe(stoppedMs)
    // However many runs come and go meanwhile: the oldest that is not over stays on the list.
    const over = { phase: 'ended', outcome: 'passed', effect: 'proved', restoration: 'identical' } as const
    for (let n = 0; n < 120; n += 1) {
      const times = { startedMs: Date.now() + 3_600_000, endedMs: Date.now() + 3_600_001 }
      const about = {
        runId: ulid(),
        clientId: it_.clientId,
        drill: 'd',
        title: 'D',
        mode: 'live',
        summary: '',
      } as const
      await it_.store.runs.create({ ...about, ...over, ...times }, null, [])
    }
    expect((await later.runs.stopAllView([it_.clientId])).hosts.map(({ name }) => name)).toContain('web-1')
    expect(view.hosts.find(({ name }) => name === 'web-1')).toMatchObject({
      state: 'unreachable',
      detail: expect.stringContaining('service.stop may still be in place.'),
    })
    expect(await later.runs.stopAllView(['01J0000000000000000000000Z'])).toEqual({ stoppedMs: null, hosts: [] })
    it_.fleet.setOnline(it_.web, true)
    const stateNow = async () => (await later.runs.stopAllView([it_.clientId])).hosts.map(({ state }) => state)
    await eventually(async () => expect(await stateNow()).toEqual(['confirmed', 'confirmed']))
    await later.runs.close()
  })

  it('is known at once though the disk is full, and stored when there is room', async () => {
    const spy = vi.spyOn(it_.store.stops, 'put').mockRejectedValueOnce(new ChaosError('storage-full', 'No room.'))
    const { stoppedMs } = await it_.runs.stopAll([it_.clientId], 'bob')
    expect((await it_.runs.stopAllView([it_.clientId])).stoppedMs).toBe(stoppedMs)
    await eventually(() => expect(spy).toHaveBeenCalledTimes(2))
    await eventually(async () => expect(await it_.store.stops.ofClient(it_.clientId)).toBe(stoppedMs))
  })

  it("is shown to nobody but the host's own company", async () => {
    await startedAndInjected()
    await it_.runs.stopAll(['01J0000000000000000000000Z'], 'eve')
    const view = await it_.runs.stopAllView([it_.clientId])
    expect(view.stoppedMs).toBeNull()
    expect(view.hosts.find(({ name }) => name === 'web-1')?.state).toBe('putting back')
    expect((await it_.runs.stopAllView(['01J0000000000000000000000Z'])).hosts).toEqual([])
  })
})

describe('times that a host makes up', () => {
  it('do not keep a run from ending', async () => {
    it_.consumerNotices()
    it_.book.listen({
      fact: (runId, { fact }) => {
        if (fact.event.type === 'revert.ended') void it_.fleet.probe(it_.user, runId, 'answers', 'up')
      },
    })
    // Ten days ahead: a timer that long would never be waited for.
    const real = it_.fleet.report.bind(it_.fleet)
    vi.spyOn(it_.fleet, 'report').mockImplementation((host, event) => {
      if (event.type === 'revert.ended') return real(host, { ...event, monoMs: event.monoMs + 864_000_000 })
      if (event.type !== 'inject.injected') return real(host, event)
      return real(host, { ...event, endedMonoMs: event.endedMonoMs + 864_000_000 })
    })
    const { runId } = await it_.startIt()
    expect(await it_.runs.ended(runId)).toMatchObject({ restoration: 'identical', phase: 'ended' })
  })
})
