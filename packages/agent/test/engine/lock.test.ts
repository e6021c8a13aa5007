import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { flockLocker } from '../../src/engine/lock.ts'

const lockPath = () => join(mkdtempSync(join(tmpdir(), 'chaos-lite-lock-')), 'run', 'lock')
const held = { code: 'host-busy' }

/** Another process that takes the lock and keeps it. */
async function holder(path: string) {
  const module = new URL('../../src/engine/lock.ts', import.meta.url).href
  const source = `import { flockLocker } from ${JSON.stringify(module)}
const lock = await flockLocker(${JSON.stringify(path)}).acquire(5000)
console.log('holding', lock.lost.aborted)
setInterval(() => {}, 1000)`
  const file = join(mkdtempSync(join(tmpdir(), 'chaos-lite-lock-')), 'holder.mjs')
  writeFileSync(file, source)
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

test('a lock has one holder at a time', async () => {
  const locker = flockLocker(lockPath())
  await using lock = await locker.acquire(1_000)
  expect(lock.lost.aborted).toBe(false)
  await expect(locker.acquire(20)).rejects.toMatchObject(held)
})

test('a lock that is let go can be taken at once', async () => {
  const locker = flockLocker(lockPath())
  for (let round = 0; round < 5; round += 1) {
    await using lock = await locker.acquire(20)
    expect(lock.lost.aborted).toBe(false)
  }
})

test('whoever waits gets the lock when it is let go', async () => {
  const locker = flockLocker(lockPath())
  const first = await locker.acquire(1_000)
  const second = locker.acquire(10_000)
  await first[Symbol.asyncDispose]()
  await (await second)[Symbol.asyncDispose]()
})

test('a lock ends with its holder, by kill -9 too', async () => {
  const path = lockPath()
  const child = await holder(path)
  await expect(flockLocker(path).acquire(20)).rejects.toMatchObject(held)
  child.kill('SIGKILL')
  await using lock = await flockLocker(path).acquire(10_000)
  expect(lock.lost.aborted).toBe(false)
})

test('a lock can be let go twice', async () => {
  const lock = await flockLocker(lockPath()).acquire(1_000)
  await lock[Symbol.asyncDispose]()
  await lock[Symbol.asyncDispose]()
  expect(lock.lost.aborted).toBe(false)
})
