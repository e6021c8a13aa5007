import type { AddressInfo } from 'node:net'
import type { SourcedFact } from '@chaos-lite/shared'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { aGoodStory, ends } from '../../../shared/test/run/stories.ts'
import { anAlertStep, aPlan, factsOf, RUN_ID, says } from '../../../shared/test/run/support.ts'
import { watchRun } from '../../src/client/watch-run.ts'
import { followRun } from '../../src/commands/follow-run.ts'
import { aTerminal } from '../support/a-terminal.ts'

const facts = factsOf([...aGoodStory(), ends(400_000, 'passed')])
const soon = { retryMs: 5, lostAfterMs: 10, silentMs: 600_000 }
const forever = new AbortController().signal

/** A controller that answers each new watcher in its own way. */
async function aController(join: (watcher: WebSocket, nth: number) => void) {
  let nth = 0
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (watcher) => join(watcher, nth++))
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    for (const watcher of server.clients) watcher.terminate()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, token: 'x', caFile: null }
}

const time = (watcher: WebSocket) => watcher.send(JSON.stringify({ type: 'time', nowMs: 1 }))
const backlog = (watcher: WebSocket, some: readonly SourcedFact[]) =>
  watcher.send(JSON.stringify({ type: 'backlog', runId: RUN_ID, facts: some, complete: true }))

describe('a watcher of a run', () => {
  test('is notified once that the link to the controller is lost, and that it is back', async () => {
    let lost = false
    const session = await aController((watcher, nth) => {
      if (nth === 0) time(watcher)
      if (!lost) return watcher.terminate()
      time(watcher)
      backlog(watcher, facts)
    })
    const notices: string[] = []
    const watching = {
      lost: (sinceMs: number) => {
        lost = true
        notices.push(sinceMs <= Date.now() ? 'lost' : 'later')
      },
      back: () => void notices.push('back'),
    }
    const run = await watchRun(session, RUN_ID, watching, forever, soon)
    expect(run.outcome).toBe('passed')
    expect(notices).toEqual(['lost', 'back'])
  })

  test('gives up a connection on which nothing is heard, and makes a new one', async () => {
    const session = await aController((watcher, nth) => {
      if (nth > 0) backlog(watcher, facts)
    })
    const run = await watchRun(session, RUN_ID, {}, forever, { ...soon, silentMs: 200 })
    expect(run.outcome).toBe('passed')
  })

  test('of a run that there is not ends at once', async () => {
    const session = await aController((watcher) => watcher.on('message', () => watcher.close(4400, 'no such run')))
    await expect(watchRun(session, RUN_ID, {}, forever, soon)).rejects.toThrow('There is no run 0')
  })

  test('that is given up names the way without a controller', async () => {
    const session = { url: 'http://127.0.0.1:9', token: 'x', caFile: null }
    const watching = watchRun(session, RUN_ID, {}, forever, { ...soon, retryMs: 0 })
    await expect(watching).rejects.toThrow(/nothing listens there.*chaos-lite-agent halt.*run watch 0{25}1/s)
  })
})

describe('a run that is followed without a terminal', () => {
  test('names the command with which an expected alert is reported', async () => {
    const story = [
      says(0, { type: 'run.planned', plan: aPlan({ steps: [anAlertStep()] }), requestedBy: 'anna' }),
      says(1, { type: 'step.started', stepId: 'alert' }),
      says(2, { type: 'alert.awaited', stepId: 'alert' }),
      ends(3, 'failed'),
    ]
    const session = await aController((watcher) => backlog(watcher, factsOf(story)))
    const terminal = aTerminal()
    await followRun({ terminal, json: false, signal: forever }, session, RUN_ID)
    expect(terminal.written.out.join('\n')).toContain(`To report it: chaos-lite run acknowledge ${RUN_ID} alert`)
    expect(terminal.written.out.at(-1)).toContain(`Record: ${session.url}/runs/${RUN_ID}`)
  })
})
