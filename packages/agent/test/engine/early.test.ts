import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { actions } from '../../src/actions/index.ts'
import type { RecordState } from '../../src/journal/record.ts'
import { headWith } from '../fixtures/heads.ts'
import { type ToyHooks, toyAction } from '../fixtures/toy-action.ts'
import { RUN, type ToyWorld, toyWorld } from '../fixtures/toy-engine.ts'

const ids = { older: '01J0000000000000000000000A', newer: '01J0000000000000000000000B' }

/** A host with two actions: one of files only, and one that needs services; each with its own file. */
function twoPhases(hooks: ToyHooks = {}): ToyWorld & { readonly late: string } {
  const early = { ...toyAction(hooks), bootPhase: 'early' as const }
  const late = { ...toyAction(), name: 'toy.serve' }
  const world = toyWorld({}, { actions: [early, late] })
  const file = `${world.file}.late`
  writeFileSync(file, 'before')
  return { ...world, late: file }
}

/** The journal as a process leaves it that died with the failure in place. */
async function died(
  world: ToyWorld,
  path: string,
  { recordId = ids.older, action = 'toy.write', state = 'injected' as RecordState, now = 'after' } = {},
): Promise<void> {
  const undo = { path, before: 'before', after: 'after' }
  const head = headWith({ recordId, action, runId: RUN, params: { path, text: 'after' }, undo, touches: [path] })
  await (await world.deps.journal.stage(recordId)).commit(head, '')
  if (state !== 'armed') await world.deps.journal.mark(recordId, state)
  writeFileSync(path, now)
}

const open = async (world: ToyWorld) => (await world.engine.standings()).records.map(({ head }) => head.recordId)
const text = (path: string) => readFileSync(path, 'utf8')

test('the first phase of a boot rolls files back and leaves what needs services, though that is newer', async () => {
  const world = twoPhases()
  await died(world, world.file)
  await died(world, world.late, { recordId: ids.newer, action: 'toy.serve' })
  expect(await world.engine.recover('early')).toMatchObject([{ recordId: ids.older, restoration: 'identical' }])
  expect([text(world.file), text(world.late)]).toEqual(['before', 'after'])
  expect(await open(world)).toEqual([ids.newer])
  expect(await world.engine.recover()).toMatchObject([{ recordId: ids.newer, restoration: 'identical' }])
  expect(text(world.late)).toBe('before')
})

test('it works newest first', async () => {
  const world = twoPhases()
  await died(world, world.file)
  await died(world, world.late, { recordId: ids.newer })
  const outcomes = await world.engine.recover('early')
  expect(outcomes.map(({ recordId }) => recordId)).toEqual([ids.newer, ids.older])
})

test('it leaves what is not plainly as it was left: a file system may not be mounted yet', async () => {
  const world = twoPhases()
  await died(world, world.file, { now: 'somebody else' })
  expect(await world.engine.recover('early')).toEqual([])
  expect(await open(world)).toEqual([ids.older])
  expect(world.events).toEqual([])
  expect(await world.engine.recover()).toMatchObject([{ restoration: 'ours undone' }])
})

test('it rolls back what it had done by half when it died, and waits where that cannot be seen', async () => {
  const halfWay = { now: (): Promise<boolean> => Promise.reject(new Error('not mounted')) }
  const early = { ...toyAction(), bootPhase: 'early' as const, halfWay: () => halfWay.now() }
  const world = toyWorld({}, { actions: [early] })
  await died(world, world.file, { now: 'by half' })
  expect(await world.engine.recover('early')).toEqual([])
  halfWay.now = async () => false
  expect(await world.engine.recover('early')).toEqual([])
  expect(text(world.file)).toBe('by half')
  halfWay.now = async () => true
  expect(await world.engine.recover('early')).toMatchObject([{ recordId: ids.older }])
  expect(await open(world)).toEqual([])
})

test('it leaves what cannot be looked at', async () => {
  const world = twoPhases({ verify: () => Promise.reject(new Error('not mounted')) })
  await died(world, world.file)
  expect(await world.engine.recover('early')).toEqual([])
  expect(text(world.file)).toBe('after')
})

test('it leaves what was never started', async () => {
  const world = twoPhases()
  await died(world, world.file, { state: 'armed', now: 'before' })
  expect(await world.engine.recover('early')).toEqual([])
  expect(await open(world)).toEqual([ids.older])
})

test('it leaves an action that this version does not know', async () => {
  const world = twoPhases()
  await died(world, world.file, { action: 'toy.unknown' })
  expect(await world.engine.recover('early')).toEqual([])
})

test('what fails in it is not called stuck, and the second phase rolls it back', async () => {
  let isReady = false
  const world = twoPhases({
    beforeRevert: () => {
      if (!isReady) throw new Error('a daemon is not there yet')
    },
  })
  await died(world, world.file)
  expect(await world.engine.recover('early')).toEqual([])
  expect((await world.engine.standings()).records[0]?.state).toBe('injected')
  expect(world.events.map(({ type }) => type)).toEqual(['revert.begun'])
  isReady = true
  expect(await world.engine.recover()).toMatchObject([{ restoration: 'identical' }])
  expect(text(world.file)).toBe('before')
})

test('files, rights, accounts and folders are rolled back in the first phase, services never', () => {
  const phases = Object.fromEntries(actions.map(({ name, bootPhase = 'late' }) => [name, bootPhase]))
  expect(phases).toMatchObject({
    'hosts.override': 'early',
    'permission.revoke': 'early',
    'membership.revoke': 'early',
    'account.disable': 'early',
    'data.quarantine': 'early',
    'service.stop': 'late',
  })
})
