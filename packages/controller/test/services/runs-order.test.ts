import type { Answer, Order } from '@chaos-lite/shared'
import { afterEach, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/secrets/index.ts'
import { aController, DRILL } from './support/a-controller.ts'
import type { FakeHost } from './support/fake-fleet.ts'

const SWITCH = `  - inject: hosts.override
    name: switch-name
    on: user
    hold: 30s
    effect: { probe: points, expect: down, within: 20s }
watch:
  points: { probe: dns, on: user, every: 50ms }
release: early`
const TWO = DRILL.replace('release: early', SWITCH).replace('within: 1s', 'within: 20s')
const ORDERED = `${TWO}revertOrder: [stop-web, switch-name]\n`

let it_: Awaited<ReturnType<typeof aController>>
afterEach(async () => {
  await it_.runs.close()
  await it_.store.close()
})

/** What the host touches is its own: the usual fake hosts all say the same. */
function touching(host: FakeHost, key: string): void {
  host.refuse = (order: Order): Answer | null => {
    if (order.name !== 'prepare') return null
    const said = {
      touches: [key],
      sentences: ['Says so.'],
      injectMs: 1,
      revertMs: 1,
      digest: sha256(key),
      effect: null,
    }
    const steps = order.steps.map(({ stepId }) => ({ ok: true as const, stepId, ...said }))
    const probes = order.probes.map(({ probeId }) => ({ probeId, ok: true, reason: null, rule: null }))
    return { ok: true, prepared: { steps, probes } }
  }
}

/** The order in which the failures of a run began to be rolled back. */
async function orderOf(text: string, stopIt = false): Promise<string[]> {
  it_ = await aController(text)
  const { book, fleet, web, user, runs } = it_
  touching(user, 'file:/etc/hosts')
  const order: string[] = []
  let runId = ''
  book.listen({
    row: (row) => {
      runId = row.runId
    },
    fact: (_runId, { fact }) => {
      if (fact.event.type === 'revert.begun') order.push(fact.event.stepId)
      if (fact.event.type === 'revert.ended') void fleet.probe(user, runId, 'answers', 'up')
    },
  })
  web.onInjected = () => void fleet.probe(user, runId, 'answers', 'down')
  user.onInjected = () => {
    if (stopIt) void runs.abort(runId, 'alice', 'enough')
    else void fleet.probe(user, runId, 'points', 'down')
  }
  const started = await it_.startIt()
  await runs.ended(started.runId)
  return order
}

describe('the failures of a run are rolled back', () => {
  it('newest first', async () => {
    expect(await orderOf(TWO)).toEqual(['switch-name', 'stop-web'])
  })

  it('in the order of the drill at the planned end', async () => {
    expect(await orderOf(ORDERED)).toEqual(['stop-web', 'switch-name'])
  })

  it('newest first when the run is stopped, whatever the drill says', async () => {
    expect(await orderOf(ORDERED, true)).toEqual(['switch-name', 'stop-web'])
  })
})

describe('a plan with an order of its own', () => {
  it('is refused where two failures touch the same', async () => {
    it_ = await aController(ORDERED)
    await expect(it_.planIt()).rejects.toMatchObject({
      code: 'plan-refused',
      items: [{ where: 'step switch-name', message: expect.stringContaining('the resource service:nginx') }],
    })
  })

  it('is refused where two failures meet on one host', async () => {
    it_ = await aController(ORDERED.replace('role: user }, exactly: 1', 'site: x }, exactly: 1'))
    const both = await it_.fleet.add('both', { role: 'web', site: 'x' })
    touching(both, 'file:/etc/hosts')
    await expect(it_.planIt()).rejects.toMatchObject({
      items: [{ where: 'step switch-name', message: expect.stringContaining('the host both') }],
    })
  })

  it('has another fingerprint than without', async () => {
    it_ = await aController(ORDERED)
    touching(it_.user, 'file:/etc/hosts')
    expect((await it_.planIt()).revertOrder).toEqual(['stop-web', 'switch-name'])
  })
})
