import { RunState } from '@chaos-lite/shared'
import { type LiveFrame, RunRecord } from '@chaos-lite/shared/api'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { sha256 } from '../../src/secrets/secrets.ts'
import { administrator, ask, logInWithCookie, logInWithToken, openController, PASSWORD } from '../support/controller.ts'
import { Watching } from '../support/watching.ts'

type Fact = Extract<LiveFrame, { type: 'fact' }>['fact']
const types = (facts: readonly Fact[]) => facts.map(({ fact }) => fact.event.type)

async function started() {
  const controller = await openController()
  const headers = await administrator(controller)
  const planned = await ask(controller, 'plans', { headers, body: { drill: 'ask-the-people' } })
  expect(planned.status).toBe(201)
  const { planId, digest } = planned.body
  const run = await ask(controller, 'runs', { headers, body: { planId, digest } })
  expect(run.status).toBe(201)
  return { controller, headers, planId, digest, runId: run.body.runId as string }
}

/** Waits until the question is asked, and answers it. */
async function answer({ controller, headers, runId }: Awaited<ReturnType<typeof started>>) {
  const stepId = await eventually(async () => {
    const { body } = await ask(controller, `runs/${runId}`, { headers })
    expect(body.questions).toHaveLength(1)
    return body.questions[0].stepId as string
  })
  return ask(controller, `runs/${runId}/answers/${stepId}`, { headers, body: { answer: 'yes', note: 'by phone' } })
}

describe('a run', () => {
  test('is planned, started, answered, and leaves a record whose every line has the digest it says', async () => {
    const run = await started()
    const { controller, headers, runId } = run
    expect((await answer(run)).status).toBe(200)
    await eventually(async () => {
      const { body } = await ask(controller, `runs/${runId}`, { headers })
      expect(RunState.parse(body)).toMatchObject({ phase: 'ended', outcome: 'passed', effect: 'not applicable' })
    })
    const [row] = (await ask(controller, 'runs', { headers })).body
    expect(row).toMatchObject({ runId, outcome: 'passed' })
    const record = RunRecord.parse((await ask(controller, `runs/${runId}/record`, { headers })).body)
    expect(record.facts.length).toBeGreaterThan(5)
    for (const fact of record.facts) expect(sha256(fact.line)).toBe(fact.digest)
    const lines = record.facts.map((fact) => JSON.parse(fact.line))
    lines.slice(1).forEach((line, index) => {
      expect(line.prev).toBe(record.facts[index]?.digest)
    })
  })

  test('takes one answer to a question, of two that come at the same time', async () => {
    const run = await started()
    const { controller, headers, runId } = run
    const both = await Promise.all([answer(run), answer(run)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const record = RunRecord.parse((await ask(controller, `runs/${runId}/record`, { headers })).body)
    expect(record.facts.filter(({ line }) => line.includes('"question.answered"'))).toHaveLength(1)
  })

  test('takes no acknowledgement of an alert that it does not expect', async () => {
    const { controller, headers, runId } = await started()
    const path = `runs/${runId}/acknowledge/pager`
    expect(await ask(controller, path, { method: 'POST', headers })).toMatchObject({
      ...{ status: 404, body: { code: 'not-found', detail: 'The run expects no alert pager.' } },
    })
  })

  test('with another fingerprint is refused', async () => {
    const { controller, headers, planId } = await started()
    const digest = sha256('another plan')
    const refused = await ask(controller, 'runs', { headers, body: { planId, digest } })
    expect(refused).toMatchObject({ status: 409, body: { code: 'plan-changed' } })
  })

  test('can be stopped and noted on; one that is not there cannot', async () => {
    const { controller, headers, runId } = await started()
    const noted = await ask(controller, `runs/${runId}/notes`, { headers, body: { note: 'The phone rang.' } })
    expect(noted.status).toBe(201)
    expect((await ask(controller, `runs/${runId}/abort`, { headers, body: {} })).status).toBe(200)
    await eventually(async () => {
      const { body } = await ask(controller, `runs/${runId}`, { headers })
      expect(body).toMatchObject({ phase: 'ended', observations: [{ note: 'The phone rang.', by: 'admin' }] })
    })
    const nowhere = 'runs/01HZZZZZZZZZZZZZZZZZZZZZZZ'
    for (const path of [nowhere, `${nowhere}/record`]) {
      expect((await ask(controller, path, { headers })).status).toBe(404)
    }
    expect((await ask(controller, `${nowhere}/abort`, { headers, body: {} })).status).toBe(404)
  })

  test('a drill that is not there, or a page beyond the last run, is a clear answer', async () => {
    const { controller, headers } = await started()
    expect((await ask(controller, 'plans', { headers, body: { drill: 'none' } })).status).toBe(404)
    const page = await ask(controller, 'runs?limit=1&before=00000000000000000000000000', { headers })
    expect(page).toMatchObject({ status: 200, body: [] })
    expect((await ask(controller, 'runs?limit=0', { headers })).status).toBe(400)
  })

  test('stopping everything names what was stopped', async () => {
    const { controller, headers, runId } = await started()
    expect((await ask(controller, 'stop-all', { method: 'POST', headers })).status).toBe(200)
    expect((await ask(controller, 'stop-all', { headers })).status).toBe(200)
    await eventually(async () => {
      expect((await ask(controller, `runs/${runId}`, { headers })).body.phase).toBe('ended')
    })
  })
})

describe('watching', () => {
  test('a watcher who joins late sees the whole run, each fact once, and then what follows', async () => {
    const run = await started()
    const { controller, headers, runId } = run
    const early = await Watching.open(controller, headers)
    early.say({ type: 'watch', runId })
    await early.whole(runId)
    await answer(run)
    await early.until(() => types(early.facts(runId)).includes('run.ended'))
    const late = await Watching.open(controller, headers)
    late.say({ type: 'watch', runId })
    await late.whole(runId)
    expect(late.facts(runId)).toEqual(early.facts(runId))
    expect(types(late.facts(runId))[0]).toBe('run.planned')
    expect(new Set(late.facts(runId).map(({ fact }) => fact.seq)).size).toBe(late.facts(runId).length)
    await early.until(() => early.frames.some((frame) => frame.type === 'run' && frame.run.phase === 'ended'))
  })

  test('a browser needs its cookie and our exact origin; a missing origin is refused before the upgrade', async () => {
    const controller = await openController()
    await administrator(controller)
    const { cookie = '', origin = '' } = await logInWithCookie(controller, PASSWORD)
    await Watching.open(controller, { cookie, origin })
    for (const headers of [
      { cookie },
      { cookie, origin: 'http://evil.example' },
      { cookie, origin: `${origin}0` },
      { cookie, origin: 'null' },
    ]) {
      await expect(Watching.open(controller, headers)).rejects.toThrow('403')
    }
    for (const headers of [{ origin }, { authorization: `Bearer ${'A'.repeat(43)}` }, {}])
      await expect(Watching.open(controller, headers)).rejects.toThrow('401')
    expect(controller.context.live.watchers).toBe(1)
  })

  test('who has only the first password does not watch', async () => {
    const controller = await openController()
    const { token } = await logInWithToken(controller, controller.firstPassword ?? '')
    await expect(Watching.open(controller, { authorization: `Bearer ${token}` })).rejects.toThrow('403')
  })

  test('a token is not enough from a page of somebody else', async () => {
    const controller = await openController()
    const bearer = await administrator(controller)
    await expect(Watching.open(controller, { ...bearer, origin: 'http://evil.example' })).rejects.toThrow('403')
  })

  test('another path is not there', async () => {
    const controller = await openController()
    for (const path of ['/api/v1/elsewhere', '/healthz', '/'])
      await expect(Watching.open(controller, {}, path)).rejects.toThrow('404')
  })

  test('asked for without an upgrade, it is not there', async () => {
    const controller = await openController()
    expect((await ask(controller, 'live', { headers: await administrator(controller) })).status).toBe(404)
  })

  test('a controller that stops says so to its watchers', async () => {
    const controller = await openController()
    const watcher = await Watching.open(controller, await administrator(controller))
    await controller[Symbol.asyncDispose]()
    expect(await watcher.ended).toBe(1001)
  })

  test('changing the password and logging out close what is open', async () => {
    const controller = await openController()
    const bearer = await administrator(controller)
    const cookie = await logInWithCookie(controller, PASSWORD)
    const [mine, other] = [await Watching.open(controller, bearer), await Watching.open(controller, cookie)]
    await ask(controller, 'session', { method: 'DELETE', headers: bearer })
    expect(await mine.ended).toBe(4401)
    await ask(controller, 'session/password', {
      headers: cookie,
      body: { current: PASSWORD, next: 'another password' },
    })
    expect(await other.ended).toBe(4401)
  })

  test('a malformed frame, and a run that is not there, close the link', async () => {
    const controller = await openController()
    const headers = await administrator(controller)
    const malformed = await Watching.open(controller, headers)
    malformed.ws.send('{"type":"order"}')
    expect(await malformed.ended).toBe(4400)
    const nowhere = await Watching.open(controller, headers)
    nowhere.say({ type: 'watch', runId: '01HZZZZZZZZZZZZZZZZZZZZZZZ' })
    expect(await nowhere.ended).toBe(4400)
    const large = await Watching.open(controller, headers)
    large.ws.send(`"${'x'.repeat(10_000)}"`)
    expect(await large.ended).toBe(1009)
  })

  test('hosts that come and go are reported', async () => {
    const controller = await openController()
    const headers = await administrator(controller)
    const watcher = await Watching.open(controller, headers)
    const { connect, enrol } = await import('../support/scripted-agent.ts')
    const { token } = (await ask(controller, 'tokens', { headers, body: {} })).body
    const { agent } = await connect(controller.agentUrl, await enrol(controller.agentUrl, token))
    await watcher.until(() => watcher.frames.some((frame) => frame.type === 'host' && frame.host.online))
    agent.ws.terminate()
    await watcher.until(() => watcher.frames.at(-1)?.type === 'host')
    await watcher.until(() => watcher.frames.some((frame) => frame.type === 'host' && !frame.host.online))
  })
})
