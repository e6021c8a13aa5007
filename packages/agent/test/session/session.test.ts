import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ChaosError, type Order } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import type { Policy } from '../../src/policy/policy.ts'
import { allowAll } from '../fixtures/toy-engine.ts'
import { listening, OTHER_RUN, openRun, RUN, refusedWith, tcpProbe, toySession } from './support.ts'

type Toy = ReturnType<typeof toySession>

/** The inject that was planned: prepared first, so that its explanation is known. */
async function injectOrder(toy: Toy, changed: Partial<Extract<Order, { name: 'inject' }>> = {}): Promise<Order> {
  const params = { path: toy.world.file, text: 'after' }
  const { digest } = await toy.world.engine.prepare({ action: 'toy.write', params, holdMs: 60_000 })
  return {
    name: 'inject',
    runId: RUN,
    stepId: 'one',
    action: 'toy.write',
    params,
    holdMs: 60_000,
    effectWaitMs: 0,
    onLinkLoss: 'revert',
    explanationDigest: digest,
    ...changed,
  }
}

const content = (toy: Toy) => readFileSync(toy.world.file, 'utf8')
const closeRun: Order = { name: 'run.close', runId: RUN }

test('prepare answers step by step and changes nothing', async () => {
  await using toy = toySession()
  const answer = await toy.order({
    name: 'prepare',
    steps: [
      { stepId: 'one', kind: 'inject', name: 'toy.write', params: { path: toy.world.file, text: 'x' }, holdMs: 1000 },
      { stepId: 'two', kind: 'inject', name: 'toy.write', params: { path: '/nowhere', text: 'x' }, holdMs: 1000 },
      { stepId: 'three', kind: 'inject', name: 'shell.run', params: {}, holdMs: 1000 },
      { stepId: 'four', kind: 'exercise', name: 'no.such', params: {}, holdMs: 0 },
    ],
    probes: [tcpProbe(80), { ...tcpProbe(80, 'odd'), probe: 'telepathy' }],
  })
  if (!answer.ok || !answer.prepared) throw new Error('refused')
  expect(answer.prepared.steps.map((step) => (step.ok ? 'ok' : step.code))).toEqual([
    'ok',
    'not-there',
    'capability-missing',
    'capability-missing',
  ])
  expect(answer.prepared.probes.map(({ probeId, ok }) => [probeId, ok])).toEqual([
    ['door', true],
    ['odd', false],
  ])
  expect(content(toy)).toBe('before')
  expect(toy.types()).toEqual(['refused', 'refused', 'refused'])
})

test('the plan of a halted host says so, for failures and exercises', async () => {
  await using toy = toySession()
  await mkdir(dirname(toy.world.paths.haltFile), { recursive: true })
  await writeFile(toy.world.paths.haltFile, '')
  const answer = await toy.order({
    name: 'prepare',
    steps: [
      { stepId: 'one', kind: 'inject', name: 'toy.write', params: { path: toy.world.file, text: 'x' }, holdMs: 1000 },
      { stepId: 'two', kind: 'exercise', name: 'no.such', params: {}, holdMs: 0 },
    ],
    probes: [],
  })
  const halted = expect.stringMatching(/^This host is halted since .* Lift it on the host with: chaos-lite-agent halt/)
  expect(answer).toMatchObject({
    prepared: {
      steps: [
        { ok: false, reason: halted },
        { ok: false, reason: halted },
      ],
    },
  })
})

test('the plan of a host that rests says until when, and is no refusal', async () => {
  const rests: Policy = {
    ...allowAll,
    allows: (request) =>
      request.lately === undefined ? allowAll.allows(request) : { allowed: false, reason: 'it rests', rule: 'rest' },
  }
  await using toy = toySession({ policy: rests })
  const params = { path: toy.world.file, text: 'x' }
  const steps = [{ stepId: 'one', kind: 'inject', name: 'toy.write', params, holdMs: 1000 } as const]
  const answer = await toy.order({ name: 'prepare', steps, probes: [] })
  const sentences = ['It cannot be started now: it rests', expect.stringContaining('gets another text')]
  expect(answer).toMatchObject({ prepared: { steps: [{ ok: true, sentences: expect.arrayContaining(sentences) }] } })
})

test('a run is opened, a failure injected and rolled back, and the run closed', async () => {
  await using toy = toySession()
  expect(await toy.order(openRun())).toEqual({ ok: true, prepared: null })
  expect(await toy.order(await injectOrder(toy))).toEqual({ ok: true, prepared: null })
  expect(content(toy)).toBe('after')
  expect(await toy.order({ name: 'revert', runId: RUN, stepId: 'one', cause: 'hold ended' })).toMatchObject({
    ok: true,
  })
  expect(content(toy)).toBe('before')
  expect(await toy.order(closeRun)).toMatchObject({ ok: true })
  expect(toy.session.runId).toBeNull()
})

test('an inject is answered only when it is in place', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await using toy = toySession({ hooks: { beforeInject: () => held } })
  await toy.order(openRun())
  let answered = false
  const answer = toy.order(await injectOrder(toy)).then((value) => {
    answered = true
    return value
  })
  await expect.poll(() => toy.types()).toContain('inject.begun')
  expect(answered).toBe(false)
  release()
  expect(await answer).toMatchObject({ ok: true })
  expect(content(toy)).toBe('after')
})

test('an inject without its run is refused, and the refusal is a fact', async () => {
  await using toy = toySession()
  expect(await toy.order(await injectOrder(toy))).toEqual(refusedWith('wrong-state'))
  expect(content(toy)).toBe('before')
  expect(toy.events).toMatchObject([
    { type: 'refused', runId: RUN, stepId: 'one', command: 'inject', code: 'wrong-state' },
  ])
})

test('an inject that would now do something else than planned is refused', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  const order = await injectOrder(toy, { explanationDigest: `sha256:${'0'.repeat(64)}` })
  expect(await toy.order(order)).toEqual(refusedWith('plan-changed'))
  expect(content(toy)).toBe('before')
})

test("what the host's owner forbids is refused with the rule, in the answer and in the record", async () => {
  const never: Policy = {
    present: true,
    digest: null,
    warnings: [],
    allows: () => ({ allowed: false, reason: 'Not on this host.', rule: 'actions: []' }),
  }
  await using toy = toySession({ policy: never })
  await toy.order(openRun())
  const order: Order = {
    ...(await injectOrder(toySession())),
    params: { path: toy.world.file, text: 'after' },
  } as Order
  expect(await toy.order(order)).toEqual({
    ok: false,
    code: 'policy-refused',
    reason: 'Not on this host.',
    rule: 'actions: []',
  })
  expect(toy.events.at(-1)).toMatchObject({ type: 'refused', rule: 'actions: []', reason: 'Not on this host.' })
})

test('an inject that fails half-way has reported so itself: there is no refusal beside it', async () => {
  const hooks = {
    afterInject: () => {
      throw new ChaosError('tool-failed', 'The tool broke.')
    },
  }
  await using toy = toySession({ hooks })
  await toy.order(openRun())
  expect(await toy.order(await injectOrder(toy))).toEqual(refusedWith('tool-failed'))
  expect(content(toy)).toBe('before')
  expect(toy.types()).toEqual(['inject.armed', 'inject.begun', 'inject.failed', 'revert.begun', 'revert.ended'])
})

test('when the fact of an inject cannot be stored, nothing is injected', async () => {
  const storing = async (event: { type: string }) => {
    if (event.type === 'inject.armed') throw new ChaosError('storage-full', 'The disk is full.')
  }
  await using toy = toySession({ storing })
  await toy.order(openRun())
  expect(await toy.order(await injectOrder(toy))).toEqual(refusedWith('storage-full'))
  expect(content(toy)).toBe('before')
})

test('a second run is refused while one holds the host', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  expect(await toy.order(openRun([], OTHER_RUN))).toEqual(refusedWith('host-busy'))
  await toy.order(closeRun)
  expect(await toy.order(openRun([], OTHER_RUN))).toMatchObject({ ok: true })
})

test('of two runs that ask at the same moment, one gets the host', async () => {
  await using toy = toySession()
  const answers = await Promise.all([toy.order(openRun()), toy.order(openRun([], OTHER_RUN))])
  expect(answers.map(({ ok }) => ok)).toEqual([true, false])
})

test('a rehearsal keeps a run away', async () => {
  await using toy = toySession()
  await toy.world.engine.inject(toy.world.request({ runId: null, stepId: 'rehearsal' }))
  expect(await toy.order(openRun())).toEqual(refusedWith('host-busy'))
  expect(toy.session.runId).toBeNull()
})

test('opening an open run again keeps its probes and adds the new ones', async () => {
  await using door = await listening()
  await using toy = toySession()
  await toy.order(openRun([tcpProbe(door.port)]))
  await toy.order(openRun([tcpProbe(door.port), tcpProbe(door.port, 'other')]))
  await expect.poll(() => toy.types().filter((type) => type === 'probe.changed')).toHaveLength(2)
  await toy.order(closeRun)
  expect(toy.types().filter((type) => type === 'probe.ended')).toHaveLength(2)
})

test('a probe reports its changes as facts, and its counts at the end', async () => {
  await using door = await listening()
  await using toy = toySession()
  await toy.order(openRun([tcpProbe(door.port)]))
  await expect.poll(() => toy.events).toMatchObject([{ type: 'probe.changed', status: 'up', lastOtherMonoMs: null }])
  door.server.close()
  await expect.poll(() => toy.events.at(-1)).toMatchObject({ type: 'probe.changed', status: 'down' })
  await toy.order(closeRun)
  const ended = toy.events.at(-1)
  expect(ended).toMatchObject({ type: 'probe.ended', probeId: 'door', lastStatus: 'down' })
  if (ended?.type === 'probe.ended') expect(ended.samples).toBe(ended.up + ended.down + ended.notEvaluated)
})

test('what was started or rolled back here is looked at when it is done, however long the probe would rest', async () => {
  await using door = await listening()
  const afterInject = async () => void door.server.close()
  const beforeRevert = async () => void door.server.listen(door.port, '127.0.0.1')
  await using toy = toySession({ hooks: { afterInject, beforeRevert } })
  const statuses = () => toy.events.flatMap((event) => (event.type === 'probe.changed' ? [event.status] : []))
  await toy.order(openRun([{ ...tcpProbe(door.port), everyMs: 3_600_000 }]))
  await expect.poll(statuses).toEqual(['up'])
  await toy.order(await injectOrder(toy))
  await expect.poll(statuses).toEqual(['up', 'down'])
  await toy.order({ name: 'revert', runId: RUN, stepId: 'one', cause: 'hold ended' })
  await expect.poll(statuses).toEqual(['up', 'down', 'up'])
})

test('live samples are sent only while somebody watches', async () => {
  await using door = await listening()
  await using toy = toySession()
  await toy.order(openRun([tcpProbe(door.port)]))
  await expect.poll(() => toy.types()).toContain('probe.changed')
  expect(toy.samples).toEqual([])
  toy.session.watch(RUN, true)
  await expect.poll(() => toy.samples.length).toBeGreaterThan(2)
  expect(toy.samples[0]).toMatchObject({ runId: RUN, probeId: 'door', status: 'up' })
  toy.session.linkClosed()
  const sent = toy.samples.length
  await toy.order(closeRun)
  expect(toy.samples.length).toBeLessThanOrEqual(sent + 1)
})

test('a run with a probe that may not look is not opened, and holds nothing', async () => {
  await using toy = toySession()
  const odd = { ...tcpProbe(1), probe: 'telepathy' }
  expect(await toy.order(openRun([odd]))).toEqual(refusedWith('not-there'))
  expect(toy.session.runId).toBeNull()
})

test('closing a run rolls back what is left, and only then ends its probes', async () => {
  await using door = await listening()
  await using toy = toySession()
  await toy.order(openRun([tcpProbe(door.port)]))
  await expect.poll(() => toy.types()).toContain('probe.changed')
  await toy.order(await injectOrder(toy))
  await toy.order(closeRun)
  expect(content(toy)).toBe('before')
  const types = toy.types()
  expect(types.indexOf('probe.ended')).toBeGreaterThan(types.indexOf('revert.ended'))
})

test('closing a run that is not open is done already', async () => {
  await using toy = toySession()
  expect(await toy.order(closeRun)).toEqual({ ok: true, prepared: null })
})

test('rolling back needs no open run: after a restart the journal is enough', async () => {
  await using toy = toySession()
  await toy.world.engine.inject(toy.world.request())
  expect(await toy.order({ name: 'revert', runId: RUN, stepId: null, cause: 'abort' })).toMatchObject({ ok: true })
  expect(content(toy)).toBe('before')
})

test('rolling back calls an inject back that is still at work', async () => {
  const hooks = {
    beforeInject: (_: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('called back')))),
  }
  await using toy = toySession({ hooks })
  await toy.order(openRun())
  const inject = toy.order(await injectOrder(toy))
  await expect.poll(() => toy.types()).toContain('inject.begun')
  await toy.order({ name: 'revert', runId: RUN, stepId: null, cause: 'stop all' })
  expect((await inject).ok).toBe(false)
  expect(content(toy)).toBe('before')
})

test('a stopped session starts nothing any more, but still rolls back', async () => {
  await using toy = toySession()
  await toy.order(openRun())
  await toy.order(await injectOrder(toy))
  await toy.session.stop()
  expect(await toy.order(openRun())).toEqual(refusedWith('wrong-state'))
  expect(await toy.order({ name: 'revert', runId: RUN, stepId: null, cause: 'shutdown' })).toMatchObject({ ok: true })
  expect(content(toy)).toBe('before')
})

test('opening a run again and again does not add probes without end', async () => {
  await using door = await listening()
  await using toy = toySession()
  const many = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => ({ ...tcpProbe(door.port, `door${from + at}`), everyMs: 3_600_000 }))
  expect(await toy.order(openRun(many(0, 100)))).toMatchObject({ ok: true })
  expect(await toy.order(openRun(many(0, 100)))).toMatchObject({ ok: true })
  expect(await toy.order(openRun(many(100, 1)))).toEqual(refusedWith('too-many'))
})

test('all probes of a run together look only so often', async () => {
  await using door = await listening()
  await using toy = toySession()
  const quick = (count: number) => Array.from({ length: count }, (_, at) => tcpProbe(door.port, `door${at}`))
  expect(await toy.order(openRun(quick(21)))).toEqual(refusedWith('too-many'))
  expect(await toy.order(openRun(quick(20)))).toMatchObject({ ok: true })
  const one = { ...tcpProbe(door.port, 'more'), everyMs: 3_600_000 }
  expect(await toy.order(openRun([one]))).toEqual(refusedWith('too-many'))
})

test('a probe that is named twice in one order looks once, and ends with its run', async () => {
  await using door = await listening()
  await using toy = toySession()
  let asked = 0
  door.server.on('connection', () => {
    asked += 1
  })
  await toy.order(openRun([tcpProbe(door.port), tcpProbe(door.port)]))
  await expect.poll(() => asked).toBeGreaterThan(3)
  await toy.order(closeRun)
  const then = asked
  expect(toy.types().filter((type) => type === 'probe.ended')).toHaveLength(1)
  // A further run looks at another door as often: by then the first one would have been asked again.
  await using other = await listening()
  let askedThere = 0
  other.server.on('connection', () => {
    askedThere += 1
  })
  await toy.order(openRun([tcpProbe(other.port)], OTHER_RUN))
  await expect.poll(() => askedThere).toBeGreaterThan(3)
  expect(asked).toBe(then)
})

test('a run that is closed while it is being opened leaves no probe behind', async () => {
  await using door = await listening()
  const { promise: asked, resolve: answer } = Promise.withResolvers<void>()
  await using toy = toySession()
  const real = toy.deps.policy
  Object.assign(toy.deps, { policy: () => asked.then(real) })
  const opening = toy.order(openRun([tcpProbe(door.port)]))
  await expect.poll(() => toy.session.runId).toBe(RUN)
  await toy.order(closeRun)
  answer()
  expect(await opening).toEqual(refusedWith('wrong-state'))
})
