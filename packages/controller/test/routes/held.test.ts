import { get } from 'node:http'
import { API } from '@chaos-lite/shared/api'
import { expect, test } from 'vitest'
import type { StoredRunBook } from '../../src/services/book.ts'
import { watchEventLoop } from '../../src/services/event-loop.ts'
import { administrator, ask, openController } from '../support/controller.ts'
import { addLongRun } from '../support/long-run.ts'
import { connect, enrol } from '../support/scripted-agent.ts'

const brackets = { source: '['.repeat(100_000), file: 'x.yaml' }
/** Nothing is too much in it, and reading it takes a while. */
const long = { source: 'a: b\n'.repeat(20_000), file: 'x.yaml' }
const rare = { cron: '* * 29 2 1', timeZone: 'Europe/Berlin', fromMs: 0, count: 1000 }

test('leases, aborts and stopping everything are answered while the worst permitted requests run', async () => {
  const controller = await openController()
  const headers = await administrator(controller)
  const runId = await addLongRun(controller.store, controller.context.runBook as StoredRunBook, {
    hosts: 1,
    factsPerHost: 4_000,
  })
  const { token } = (await ask(controller, 'tokens', { headers, body: {} })).body
  const identity = await enrol(controller.agentUrl, token)
  const { agent } = await connect(controller.agentUrl, identity)
  const held = '0'.repeat(26)
  controller.gateway.renewLease(identity.hostId, held, true)

  const holdsOfLoop = watchEventLoop()
  const asked = [
    ...Array.from({ length: 6 }, () => ask(controller, 'drills/validate', { headers, body: brackets })),
    ...Array.from({ length: 4 }, () => ask(controller, 'drills/validate', { headers, body: long })),
    ...Array.from({ length: 4 }, () => ask(controller, 'schedules/preview', { headers, body: rare })),
    ...Array.from({ length: 10 }, () => drained(`${controller.url}${API}/runs/${runId}/record`, headers)),
    ask(controller, `runs/${runId}`, { headers }),
  ]
  let running = true
  const all = Promise.allSettled(asked).finally(() => {
    running = false
  })
  let meanwhile = 0
  for (let number = 1; running; number += 1) {
    agent.send({ type: 'lease', runId: held, ask: number })
    expect(await agent.next('lease')).toMatchObject({ runId: held, ask: number })
    expect((await ask(controller, 'stop-all', { method: 'POST', headers, body: {} })).status).toBe(200)
    expect((await ask(controller, `runs/${runId}/abort`, { headers, body: {} })).status).not.toBe(429)
    if (running) meanwhile += 1
  }
  expect((await all).map(({ status }) => status)).not.toContain('rejected')
  // Before, one such request was one turn of the event loop: nobody was answered while any of them ran.
  expect(meanwhile).toBeGreaterThan(10)
  // It was 4 s and 40 s. 50 ms is the aim, which `npm run bench -- held` measures; a busy machine adds its own time.
  expect(holdsOfLoop().maxMs).toBeLessThan(2_000)
})

/** Reads an answer as a slow disk would take it, and keeps none of it; resolves with its status. */
function drained(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0))
    }).once('error', reject)
  })
}
