import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { kernelLocker } from '../../src/lock/lock.ts'

const lockPath = () => join(mkdtempSync(join(tmpdir(), 'chaos-lite-lock-')), 'run', 'lock')
const held = { code: 'host-busy' }

/** Another process that takes the lock and keeps it; `child` is a process that it started meanwhile. */
async function holder(path: string) {
  const module = new URL('../../src/lock/lock.ts', import.meta.url).href
  const source = `import { spawn } from 'node:child_process'
import { kernelLocker } from ${JSON.stringify(module)}
globalThis.lock = await kernelLocker(${JSON.stringify(path)}).acquire(5000)
const child = spawn('sleep', ['60'], { stdio: 'ignore' })
console.log(child.pid)
setInterval(() => {}, 1000)`
  const file = join(mkdtempSync(join(tmpdir(), 'chaos-lite-lock-')), 'holder.mjs')
  writeFileSync(file, source)
  const process_ = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await once(process_.stdout, 'data')
  return { process: process_, childPid: Number(String(said)) }
}

test('a lock has one holder at a time', async () => {
  const locker = kernelLocker(lockPath())
  using _lock = await locker.acquire(1_000)
  await expect(locker.acquire(20)).rejects.toMatchObject(held)
})

test('a lock that is let go can be taken at once', async () => {
  const locker = kernelLocker(lockPath())
  for (let round = 0; round < 5; round += 1) {
    using _lock = await locker.acquire(20)
  }
})

test('whoever waits gets the lock when it is let go', async () => {
  const locker = kernelLocker(lockPath())
  const first = await locker.acquire(1_000)
  const second = locker.acquire(10_000)
  first[Symbol.dispose]()
  ;(await second)[Symbol.dispose]()
})

test('a lock ends with its holder, by kill -9 too, and no child of the holder keeps it', async () => {
  const path = lockPath()
  const { process: other, childPid } = await holder(path)
  try {
    await expect(kernelLocker(path).acquire(20)).rejects.toMatchObject(held)
    other.kill('SIGKILL')
    using _lock = await kernelLocker(path).acquire(10_000)
    expect(() => process.kill(childPid, 0)).not.toThrow()
  } finally {
    process.kill(childPid, 'SIGKILL')
  }
})

test('a lock can be let go twice', async () => {
  const lock = await kernelLocker(lockPath()).acquire(1_000)
  lock[Symbol.dispose]()
  lock[Symbol.dispose]()
})

test('a lock writes nothing: its file stays empty and alone', async () => {
  const path = lockPath()
  {
    using _lock = await kernelLocker(path).acquire(1_000)
    expect(readdirSync(dirname(path))).toEqual(['lock'])
  }
  expect(statSync(path).size).toBe(0)
  expect(readdirSync(dirname(path))).toEqual(['lock'])
})

test('a lock that cannot be taken at all says why, at once', async () => {
  const path = lockPath()
  mkdirSync(path, { recursive: true })
  await expect(kernelLocker(path).acquire(60_000)).rejects.toMatchObject({ code: 'tool-failed' })
})

test('a lock file with anything in it is no lock, and says so', async () => {
  const path = lockPath()
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(
    path,
    'something else lies here, longer than the header of a database would be, which is 100 bytes long',
  )
  await expect(kernelLocker(path).acquire(60_000)).rejects.toMatchObject({ code: 'tool-failed' })
})
