import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toyWorld } from '../fixtures/toy-engine.ts'

test('a listener that throws keeps no further record from being rolled back', async () => {
  const world = toyWorld()
  const second = join(world.paths.state, 'second.txt')
  mkdirSync(world.paths.state, { recursive: true })
  writeFileSync(second, 'before')
  await world.engine.inject(world.request())
  await world.engine.inject(world.request({ stepId: 'two', params: { path: second, text: 'after' } }))
  const seen: string[] = []
  world.engine.onReverted(() => {
    throw new Error('the screen is gone')
  })
  world.engine.onReverted(({ stepId }) => seen.push(stepId))
  world.engine.onChange(() => {
    throw new Error('so is the other one')
  })
  const outcomes = await world.engine.revert({}, 'abort')
  expect(outcomes.map(({ restoration }) => restoration)).toEqual(['identical', 'identical'])
  expect([readFileSync(world.file, 'utf8'), readFileSync(second, 'utf8')]).toEqual(['before', 'before'])
  expect(seen).toEqual(['two', 'one'])
  expect(world.warnings.join()).toContain('the screen is gone')
})

test('what a killed process left of its plans is cleared away at start, what may still be at work is not', async () => {
  const world = toyWorld()
  const { scratch } = world.paths
  for (const name of ['prepare-old', 'prepare-new', 'restore-old']) mkdirSync(join(scratch, name), { recursive: true })
  writeFileSync(join(scratch, 'prepare-old', 'hosts'), 'an original')
  const hourAgo = new Date(Date.now() - 3_600_000)
  for (const name of ['prepare-old', 'restore-old']) utimesSync(join(scratch, name), hourAgo, hourAgo)
  await world.engine.recover()
  expect(readdirSync(scratch).sort()).toEqual(['prepare-new', 'restore-old'])
})

test('where nothing was ever planned there is nothing to clear', async () => {
  expect(await toyWorld().engine.recover()).toEqual([])
})
