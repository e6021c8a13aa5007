import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { readAlert } from '../../src/alert-messages/read-alert.ts'
import { makeAlerts } from '../../src/services/alerts/alerts.ts'
import { json } from './alerts/fixtures.ts'
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

/** Starts the drill, whose consumer notices the failure and its end; the first alert is awaited. */
async function untilAwaited(): Promise<string> {
  it_.consumerNotices()
  it_.book.listen({
    fact: (run, { fact }) => {
      if (fact.event.type === 'revert.ended') void it_.fleet.probe(it_.user, run, 'answers', 'up')
    },
  })
  const { runId } = await it_.startIt()
  await eventually(() => expect(it_.book.current(runId)?.alerts[0]?.awaitedMs).not.toBeNull())
  return runId
}

/** The alert address over the runs of the controller. */
function theAddress() {
  const { runs, book, store } = it_
  return makeAlerts({
    store,
    awaited: (drill, client) => runs.awaitedAlerts(drill, client),
    read: async (message) => readAlert(message),
    current: (id) => book.current(id),
    acknowledge: (...all) => runs.acknowledge(...all),
    note: (...all) => runs.note(...all),
  })
}

const isWrongState = expect.objectContaining({ code: 'wrong-state' })

describe('an expected alert', () => {
  it('cannot be acknowledged before its failure is in place', async () => {
    const { runs, web, user, clientId } = it_
    user.refuse = ({ name }) => (name === 'run.open' ? { ok: true, prepared: null } : null)
    const { runId } = await it_.startIt()
    // Nobody runs the health checks: the run waits for its baseline.
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
    const runId = await untilAwaited()
    expect(runs.awaitedAlerts('stop-web', clientId)).toEqual([{ runId, stepId: 'web-alert' }])
    await expect(runs.acknowledge(runId, 'worker-alert', 'alice', 'person')).rejects.toEqual(isWrongState)
    await runs.acknowledge(runId, 'web-alert', 'alice', 'person')
    await runs.abort(runId, 'alice', 'enough')
    await runs.ended(runId)
  })

  it('is not counted when a message says something else; the record says so, and a person may confirm', async () => {
    const { runs, book, clientId } = it_
    const runId = await untilAwaited()
    const alerts = await theAddress()
    const secret = alerts.secretFor(clientId, 'stop-web')
    const received = () => book.current(runId)?.alerts[0]?.received
    await alerts.receive(secret, json({ status: 'resolved', text: 'web is up again' }))
    await alerts.receive(secret, json('down!'))
    await alerts.receive(secret, json('down again!'))
    expect(received()).toBeNull()
    expect(book.current(runId)?.observations.map(({ note }) => note)).toEqual([
      expect.stringMatching(/recovery does not count .*“web is up again”/),
      expect.stringMatching(/unknown form arrived.* a person must confirm/),
    ])
    await runs.acknowledge(runId, 'web-alert', 'alice', 'person')
    expect(received()).toMatchObject({ via: 'person', by: 'alice' })
    expect(await alerts.receive(secret, json({ status: 'firing', text: 'web' }))).toBe(0)
    await runs.abort(runId, 'alice', 'enough')
    await runs.ended(runId)
  })

  it('is counted when a message says that something fires, and the record names the sender', async () => {
    const { runs, book, clientId } = it_
    const runId = await untilAwaited()
    const alerts = await theAddress()
    const message = json({ notification_type: 'PROBLEM', host_name: 'web', service_desc: 'HTTP' })
    expect(await alerts.receive(alerts.secretFor(clientId, 'stop-web'), message)).toBe(1)
    expect(book.current(runId)?.alerts[0]?.received).toMatchObject({ via: 'webhook', by: 'Nagios' })
    await runs.abort(runId, 'alice', 'enough')
    await runs.ended(runId)
  })
})

describe('a drill that releases early', () => {
  /** Ends with the drill's own hold only, unless it is released: 30 minutes. */
  const isReleased = async (step: string, objectives = '') => {
    await it_.runs.close()
    await it_.store.close()
    it_ = await aController(
      DRILL.replace('hold: 30s', 'hold: 30m').replace('release: early', `${step}${objectives}release: early`),
    )
    it_.consumerNotices()
    it_.book.listen({
      fact: (run, { fact }) => {
        if (fact.event.type === 'revert.ended') void it_.fleet.probe(it_.user, run, 'answers', 'up')
      },
    })
    const { runId } = await it_.startIt()
    return it_.runs.ended(runId)
  }

  it('does not keep the failure for an alert whose time is over', async () => {
    const alert = '  - expectAlert: The monitoring reports it\n    name: alert\n    within: 1s\n'
    const run = await isReleased(alert, 'objectives:\n  detect: { within: 1s }\n')
    expect(run?.outcome).toBe('failed')
    expect(run?.aborts).toEqual([])
    expect(run?.reasons.join()).toContain('The expected alert did not come within 1 s: “The monitoring reports it”.')
  })

  it('does not keep the failure for a question whose time is over', async () => {
    const run = await isReleased(
      '  - ask: Is it seen?\n    name: seen\n    of: operator\n    within: 1s\n    expect: yes\n',
    )
    expect(run?.aborts).toEqual([])
    expect(run?.reasons.join()).toContain('“Is it seen?” was not answered by operator in time.')
  })
})
