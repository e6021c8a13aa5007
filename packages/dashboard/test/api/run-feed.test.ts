import { backOffMs } from '@chaos-lite/shared'
import type { LiveFrame } from '@chaos-lite/shared/api'
import { describe, expect, it, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { aGoodStory, ends } from '../../../shared/test/run/stories.ts'
import { factsOf, RUN_ID, runOf, WS } from '../../../shared/test/run/support.ts'
import { BACK_OFF } from '../../src/api/live/live-stream.ts'
import { RunFeed, sampleKey } from '../../src/api/live/run-feed.ts'

const story = [...aGoodStory(), ends(310_000, 'passed')]
const facts = factsOf(story)
const backlog = (part: typeof facts, complete: boolean): LiveFrame => ({
  type: 'backlog',
  runId: RUN_ID,
  facts: part,
  complete,
})

describe('the feed of a run', () => {
  it('makes of the backlog and the facts after it what the reducer makes of them', () => {
    const feed = new RunFeed()
    feed.take(backlog(facts.slice(0, 10), false))
    feed.take(backlog(facts.slice(10, 15), true))
    for (const fact of facts.slice(15)) feed.take({ type: 'fact', runId: RUN_ID, fact })
    expect(feed.snapshot().run).toEqual(runOf(story))
    expect(feed.snapshot()).toMatchObject({ complete: true, missing: false })
  })

  it('takes nothing twice when the whole story comes again after a reconnect', () => {
    const feed = new RunFeed()
    feed.take(backlog(facts, true))
    const before = feed.snapshot()
    feed.take(backlog(facts, true))
    expect(feed.snapshot().facts).toHaveLength(facts.length)
    expect(feed.snapshot().run).toBe(before.run)
  })

  it('keeps the newest sample of each probe on each host', () => {
    const feed = new RunFeed()
    const sample = {
      type: 'sample',
      runId: RUN_ID,
      hostId: WS,
      probeId: 'erp',
      atMs: 1,
      tookMs: 2,
      status: 'up',
      value: {},
    } as const
    feed.take(sample)
    feed.take({ ...sample, atMs: 5, status: 'down' })
    expect(feed.snapshot().latest.get(sampleKey('erp', WS))).toMatchObject({ atMs: 5, status: 'down' })
  })

  it('notifies its listeners once for many facts at a time', async () => {
    const feed = new RunFeed()
    const listener = vi.fn()
    const leave = feed.subscribe(listener)
    for (const fact of facts) feed.take({ type: 'fact', runId: RUN_ID, fact })
    await eventually(() => expect(listener).toHaveBeenCalled())
    expect(listener).toHaveBeenCalledTimes(1)
    leave()
  })
})

describe('the wait before connecting again', () => {
  it('doubles, is bounded, and differs from browser to browser', () => {
    expect([0, 1, 2].map((attempt) => backOffMs(attempt, BACK_OFF, () => 1))).toEqual([500, 1000, 2000])
    expect(backOffMs(1000, BACK_OFF, () => 1)).toBe(15_000)
    expect(backOffMs(3, BACK_OFF, () => 0)).toBe(2000)
  })
})
