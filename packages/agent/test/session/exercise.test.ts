import { existsSync, readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ChaosError, type Order } from '@chaos-lite/shared'
import { type Message, saying, underCodes } from '@chaos-lite/shared/words'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineExercise, type ExerciseContext, type ExerciseResult } from '../../src/exercises/exercise.ts'
import { wipeScratch } from '../../src/session/index.ts'
import { openRun, RUN, refusedWith, toySession } from './support.ts'

const good: ExerciseResult = {
  ok: true,
  reason: null,
  items: 3,
  differences: [],
  differenceCount: 0,
  notCompared: [],
  dataAgeMs: 60_000,
  canary: 'returned',
}

const toyWords = { reads: 'It reads a toy.', wipes: 'It wipes it.' } as const
const say = saying('exercise.toy', toyWords)

function toyExercise(
  perform: (context: ExerciseContext) => Promise<ExerciseResult>,
  prepare?: () => Promise<Message[]>,
) {
  return defineExercise<{ folder: string }>({
    name: 'toy.restore',
    summary: 'Restores a toy',
    needs: ['files'],
    words: underCodes('exercise.toy', toyWords),
    params: z.strictObject({ folder: z.string() }),
    asks: ({ folder }) => [{ kind: 'folder', value: folder }],
    prepare: prepare ?? (async () => [say('reads'), say('wipes')]),
    perform: (context) => perform(context),
  })
}

const order = (changed: Partial<Extract<Order, { name: 'exercise' }>> = {}): Order => ({
  name: 'exercise',
  runId: RUN,
  stepId: 'restore',
  exercise: 'toy.restore',
  params: { folder: '/srv/toys' },
  withinMs: 30_000,
  ...changed,
})

test('an exercise is planned: what it would do, and a fingerprint of it', async () => {
  await using toy = toySession({ exercises: [toyExercise(async () => good)] })
  const step = {
    stepId: 'restore',
    kind: 'exercise',
    name: 'toy.restore',
    params: { folder: '/x' },
    holdMs: 0,
  } as const
  const answer = await toy.order({ name: 'prepare', steps: [step], probes: [] })
  if (!answer.ok) throw new Error(answer.reason)
  expect(answer.prepared?.steps).toMatchObject([
    { ok: true, sentences: ['It reads a toy.', 'It wipes it.'], touches: [], effect: null },
  ])
})

test('an exercise is answered when it has begun, and reports its phases and its end as facts', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const exercise = toyExercise(async (context) => {
    context.phase('read', 12.4)
    await held
    context.phase('compare', 3)
    return good
  })
  await using toy = toySession({ exercises: [exercise] })
  await toy.order(openRun())
  expect(await toy.order(order())).toEqual({ ok: true, prepared: null })
  release()
  await expect.poll(() => toy.types()).toEqual(['exercise.phase', 'exercise.phase', 'exercise.ended'])
  expect(toy.events.at(-1)).toMatchObject({
    ok: true,
    items: 3,
    canary: 'returned',
    phases: [
      { phase: 'read', tookMs: 12 },
      { phase: 'compare', tookMs: 3 },
    ],
  })
})

test('the scratch space of an exercise is private while it runs, and gone afterwards, whatever happened', async () => {
  let scratch = ''
  const exercise = toyExercise(async ({ scratchFolder }) => {
    scratch = scratchFolder
    await writeFile(join(scratchFolder, 'secret'), 'x')
    throw new Error('it broke')
  })
  await using toy = toySession({ exercises: [exercise] })
  await toy.order(openRun())
  await toy.order(order())
  await expect.poll(() => toy.events.at(-1)).toMatchObject({ type: 'exercise.ended', ok: false, reason: 'it broke' })
  expect(scratch).not.toBe('')
  expect(existsSync(scratch)).toBe(false)
})

test('an exercise that is not done in its time is stopped, and says so', async () => {
  const exercise = toyExercise(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
  )
  await using toy = toySession({ exercises: [exercise] })
  await toy.order(openRun())
  await toy.order(order({ withinMs: 50 }))
  await expect
    .poll(() => toy.events.at(-1))
    .toMatchObject({ type: 'exercise.ended', ok: false, reason: 'not done within 50 ms' })
})

test.each([
  ['rolling back everything', { name: 'revert', runId: RUN, stepId: null, cause: 'abort' }],
  ['rolling back its step', { name: 'revert', runId: RUN, stepId: 'restore', cause: 'abort' }],
  ['closing the run', { name: 'run.close', runId: RUN }],
] as const)('%s stops an exercise that is under way', async (_, stopping) => {
  const exercise = toyExercise(
    ({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  )
  await using toy = toySession({ exercises: [exercise] })
  await toy.order(openRun())
  await toy.order(order())
  expect(await toy.order(stopping)).toMatchObject({ ok: true })
  await expect.poll(() => toy.types()).toContain('exercise.ended')
})

test('an exercise that cannot work is refused before it begins', async () => {
  const exercise = toyExercise(
    async () => good,
    async () => {
      throw new ChaosError('backup-unusable', 'The repository has a wrong password.')
    },
  )
  await using toy = toySession({ exercises: [exercise] })
  await toy.order(openRun())
  expect(await toy.order(order())).toEqual(refusedWith('backup-unusable'))
  expect(toy.types()).toEqual(['refused'])
})

test.each([
  ['an unknown exercise', { exercise: 'shell.run' }, 'capability-missing'],
  ['wrong parameters', { params: { folder: 7 } }, 'param-invalid'],
  ['a run that is not open', { runId: '01J0000000000000000000XXXX' }, 'wrong-state'],
])('%s is refused', async (_, changed, code) => {
  await using toy = toySession({ exercises: [toyExercise(async () => good)] })
  await toy.order(openRun())
  expect(await toy.order(order(changed))).toEqual(refusedWith(code))
})

/** As `data.quarantine` writes it, in the first version of its undo record. */
function quarantineOf(folder: string, movedTo: string) {
  const times = { mtimeNs: '1700000000000000000', ctimeNs: '1700000000000000000', birthNs: '0' }
  const before = {
    ...{ kind: 'folder', dev: '1', inode: '12', mode: 0o755, uid: 0, gid: 0, sizeBytes: 4096, links: 2, ...times },
    ...{ acl: null, attributes: {}, flags: null },
  }
  return { folder, movedTo, keptAs: `${folder}.kept`, before, parent: '/srv', parentMtimeNs: times.mtimeNs }
}

test('a quarantine that this run holds is shown to the exercise; of others it sees nothing', async () => {
  const seen: unknown[] = []
  const exercise = toyExercise(async ({ quarantine }) => {
    seen.push(quarantine('/srv/toys'), quarantine('/srv/other'))
    return good
  })
  await using toy = toySession({ exercises: [exercise] })
  await toy.order(openRun())
  const real = toy.world.engine.standings.bind(toy.world.engine)
  const undo = quarantineOf('/srv/toys', '/srv/.toys.aside')
  toy.world.engine.standings = async () => {
    const { headWith } = await import('../fixtures/heads.ts')
    const head = headWith({ action: 'data.quarantine', runId: RUN, undo })
    return { ...(await real()), records: [{ head, state: 'injected', folder: '/journal/x', stuckReason: null }] }
  }
  await toy.order(order())
  await expect.poll(() => seen).toMatchObject([{ movedTo: '/srv/.toys.aside', recordFolder: '/journal/x' }, null])
  toy.world.engine.standings = real
})

test('what exercises of a killed agent left in the scratch space is wiped at the next start', async () => {
  await using toy = toySession()
  const { scratch } = toy.world.paths
  await mkdir(join(scratch, 'exercise-old-1', 'deep'), { recursive: true })
  await mkdir(join(scratch, 'prepare-other'), { recursive: true })
  await wipeScratch(scratch)
  expect(readdirSync(scratch)).toEqual(['prepare-other'])
})

test('a halt file that appears ends an exercise that is under way', async () => {
  const exercise = toyExercise(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
  )
  await using toy = toySession({ exercises: [exercise] })
  await toy.order(openRun())
  await toy.order(order())
  await mkdir(dirname(toy.world.paths.haltFile), { recursive: true })
  await writeFile(toy.world.paths.haltFile, '')
  await expect
    .poll(() => toy.events.at(-1))
    .toMatchObject({ type: 'exercise.ended', ok: false, reason: 'This host was halted' })
})

test('a halted host begins no exercise', async () => {
  await using toy = toySession({ exercises: [toyExercise(async () => good)] })
  await toy.order(openRun())
  await mkdir(dirname(toy.world.paths.haltFile), { recursive: true })
  await writeFile(toy.world.paths.haltFile, '')
  expect(await toy.order(order())).toEqual(refusedWith('policy-refused'))
  expect(toy.types()).not.toContain('exercise.ended')
})

test('a run has only so many exercises at work on one host, also when they are ordered at one moment', async () => {
  const { promise: go, resolve: release } = Promise.withResolvers<void>()
  const exercise = toyExercise(async () => {
    await go
    return good
  })
  await using toy = toySession({ exercises: [exercise] })
  await toy.order(openRun())
  const answers = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((stepId) => toy.order(order({ stepId }))))
  expect(answers.filter(({ ok }) => ok)).toHaveLength(4)
  expect(answers.find(({ ok }) => !ok)).toEqual(refusedWith('too-many'))
  expect(await toy.order(order({ stepId: 'g' }))).toEqual(refusedWith('too-many'))
  release()
  await expect.poll(() => toy.types().filter((type) => type === 'exercise.ended')).toHaveLength(4)
  await expect.poll(async () => (await toy.order(order({ stepId: 'h' }))).ok).toBe(true)
})
