import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { beginRehearsing, isRehearsing } from '../../src/cli/rehearsing.ts'
import { pathsUnder } from '../../src/paths.ts'
import { RUN, toyWorld } from '../fixtures/toy-engine.ts'
import { temporaryFolder } from '../outbox/support.ts'

async function place() {
  const folder = await temporaryFolder()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  return pathsUnder(folder.path)
}

test('a rehearsal is seen while it lives, and not after it', async () => {
  const paths = await place()
  expect(await isRehearsing(paths)).toBe(false)
  {
    using _ = await beginRehearsing(paths)
    expect(await isRehearsing(paths)).toBe(true)
  }
  expect(await isRehearsing(paths)).toBe(false)
})

test('a second rehearsal at the same time is refused', async () => {
  const paths = await place()
  using _ = await beginRehearsing(paths)
  await expect(beginRehearsing(paths)).rejects.toMatchObject({ code: 'host-busy' })
})

test('a rehearsal that was killed is not seen any more', async () => {
  const paths = await place()
  const module = fileURLToPath(new URL('../../src/cli/rehearsing.ts', import.meta.url))
  const program = `
    const { beginRehearsing } = await import(${JSON.stringify(module)})
    globalThis.kept = await beginRehearsing({ rehearsal: ${JSON.stringify(paths.rehearsal)} })
    process.stdout.write('begun')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(await isRehearsing(paths)).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await isRehearsing(paths)).toBe(false)
})

test('start-up leaves to a living rehearsal what it holds, and rolls it back when it is dead', async () => {
  const world = toyWorld()
  await world.engine.inject(world.request({ runId: null }))
  const other = world.another()
  expect(await other.recover('all', async () => true)).toEqual([])
  expect(readFileSync(world.file, 'utf8')).not.toBe('before')
  expect(await other.recover('all', async () => false)).toMatchObject([{ restoration: 'identical' }])
  expect(readFileSync(world.file, 'utf8')).toContain('before')
  await other[Symbol.asyncDispose]()
  await world.engine[Symbol.asyncDispose]()
})

test('what a run left is rolled back at start, rehearsal or not', async () => {
  const world = toyWorld()
  await world.engine.inject(world.request({ runId: RUN }))
  const other = world.another()
  expect(await other.recover('all', async () => true)).toMatchObject([{ restoration: 'identical' }])
  await other[Symbol.asyncDispose]()
  await world.engine[Symbol.asyncDispose]()
})

test('the mark of a rehearsal lies where only root can reach it', () => {
  const { rehearsal, runtime } = pathsUnder('/somewhere')
  expect(rehearsal).toBe(join(runtime, 'rehearsal'))
})
