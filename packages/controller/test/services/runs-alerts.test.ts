import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { aController, DRILL } from './support/a-controller.ts'

/** Two failures, each with an alert of its own. */
const TWO = DRILL.replace(
  'release: early',
  `  - expectAlert: The monitoring reports the web server down
    name: web-alert
    within: 20s
  - inject: process.stop
    name: stop-worker
    on: web
    with: { name: worker }
    hold: 20s
    effect: { probe: answers, expect: down, within: 1s }
  - expectAlert: The monitoring reports the worker gone
    name: worker-alert
    within: 20s
release: early`,
).replace('hold: 30s', 'hold: 30m')

let it_: Awaited<ReturnType<typeof aController>>
beforeEach(async () => {
  it_ = await aController(TWO)
})
afterEach(async () => {
  await it_.runs.close()
  await it_.store.close()
})

const isWrongState = expect.objectContaining({ code: 'wrong-state' })

describe('an expected alert', () => {
  it('cannot be acknowledged before its failure is in place', async () => {
    const { runs, web, user, clientId } = it_
    user.refuse = ({ name }) => (name === 'run.open' ? { ok: true, prepared: null } : null)
    const { runId } = await it_.startIt()
    // Nobody sees what must work: the run waits for its baseline.
    await eventually(() => expect(it_.book.current(runId)?.phase).toBe('baseline'))
    await expect(runs.acknowledge(runId, 'web-alert', 'alice', 'person')).rejects.toEqual(isWrongState)
    expect(runs.awaitedAlerts('stop-web', clientId)).toEqual([])
    expect(it_.book.current(runId)?.alerts.every(({ received }) => received === null)).toBe(true)
    web.online = false
    await runs.abort(runId, 'alice', 'enough')
    await runs.ended(runId)
  })

  it('is not that of a failure that comes later', async () => {
    const { runs, clientId } = it_
    it_.consumerNotices()
    it_.book.listen({
      fact: (run, { fact }) => {
        if (fact.event.type === 'revert.ended') void it_.fleet.probe(it_.user, run, 'answers', 'up')
      },
    })
    const { runId } = await it_.startIt()
    await eventually(() => expect(it_.book.current(runId)?.alerts[0]?.awaitedMs).not.toBeNull())
    expect(runs.awaitedAlerts('stop-web', clientId)).toEqual([{ runId, stepId: 'web-alert' }])
    await expect(runs.acknowledge(runId, 'worker-alert', 'alice', 'person')).rejects.toEqual(isWrongState)
    await runs.acknowledge(runId, 'web-alert', 'alice', 'person')
    await runs.abort(runId, 'alice', 'enough')
    await runs.ended(runId)
  })
})
