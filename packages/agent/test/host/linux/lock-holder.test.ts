import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../../shared/test/eventually.ts'
import { linuxLockHolders, writersOf } from '../../../src/host/linux/lock-holder.ts'
import { kernelLocker } from '../../../src/lock/lock.ts'

const lockPath = () => join(mkdtempSync(join(tmpdir(), 'chaos-lite-holder-')), 'lock')
const source = (name: string) => new URL(`../../../src/${name}`, import.meta.url).href

/** Another process of "this agent", which is Node.js here, with the lock; `working` says for how long it rolls back. */
async function holder(path: string, working: number | null = null) {
  const file = join(mkdtempSync(join(tmpdir(), 'chaos-lite-holder-')), 'holder.mjs')
  writeFileSync(
    file,
    `import { kernelLocker } from ${JSON.stringify(source('lock/lock.ts'))}
import { linuxLockHolders } from ${JSON.stringify(source('host/linux/lock-holder.ts'))}
globalThis.lock = await kernelLocker(${JSON.stringify(path)}, linuxLockHolders).acquire(5000)
if (${working} !== null) lock.working(${working})
console.log('held')
setInterval(() => {}, 1000)`,
  )
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

describe('the holder of a lock', () => {
  test('is nobody while nobody holds it, and never this process itself', async () => {
    const path = lockPath()
    expect(linuxLockHolders.find(path)).toBeNull()
    using _lock = await kernelLocker(path, linuxLockHolders).acquire(1_000)
    expect(linuxLockHolders.find(path)).toBeNull()
  })

  test('is the very process, and gives signs of life', async () => {
    const path = lockPath()
    const child = await holder(path)
    try {
      expect(linuxLockHolders.find(path)).toMatchObject({
        pid: child.pid,
        isAgent: true,
        isStopped: false,
        isDying: false,
      })
      await eventually(() => expect(linuxLockHolders.find(path)?.pulseAgeMs).toBeLessThan(2_000))
      expect(linuxLockHolders.find(path)?.workLeftMs).toBeNull()
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('says for how long it may still be rolling back', async () => {
    const path = lockPath()
    const child = await holder(path, 60_000)
    try {
      await eventually(() => expect(linuxLockHolders.find(path)?.workLeftMs).toBeGreaterThan(10_000))
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('that was stopped is seen to be stopped, and can be killed', async () => {
    const path = lockPath()
    const child = await holder(path)
    child.kill('SIGSTOP')
    await eventually(() => expect(linuxLockHolders.find(path)?.isStopped).toBe(true))
    const found = linuxLockHolders.find(path)
    expect(found !== null && linuxLockHolders.kill(found)).toBe(true)
    using _lock = await kernelLocker(path, linuxLockHolders).acquire(10_000)
    expect(linuxLockHolders.find(path)).toBeNull()
  })

  test('is never killed when its number belongs to another process by now', async () => {
    const path = lockPath()
    const child = await holder(path)
    try {
      const found = linuxLockHolders.find(path)
      expect(found !== null && linuxLockHolders.kill({ ...found, startTicks: '1' })).toBe(false)
      expect(child.exitCode === null && child.signalCode === null).toBe(true)
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('that is no agent is named as such, and never killed', async () => {
    const path = lockPath()
    {
      using _lock = await kernelLocker(path).acquire(1_000)
    }
    const script = `import fcntl, time
f = open(${JSON.stringify(path)}, 'r+')
fcntl.lockf(f, fcntl.LOCK_EX)
print('held', flush=True)
time.sleep(600)`
    const child = spawn('python3', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      await once(child.stdout, 'data')
      const found = linuxLockHolders.find(path)
      expect(found).toMatchObject({ pid: child.pid, isAgent: false })
      expect(found !== null && linuxLockHolders.kill(found)).toBe(false)
      expect(child.exitCode).toBeNull()
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('is read from rows of the kernel, of which some wait and some are other locks', () => {
    const inode = String(statSync('/proc/self').ino)
    const table = `1: OFDLCK ADVISORY  WRITE -1 fe:00:${inode} 0 EOF
2: POSIX  ADVISORY  READ 17 fe:00:${inode} 0 EOF
3: POSIX  ADVISORY  WRITE 812 00:19:${inode} 1073741824 1073742335
3: -> POSIX  ADVISORY  WRITE 813 00:19:${inode} 0 EOF
4: POSIX  ADVISORY  WRITE 814 00:19:${inode}9 0 EOF
`
    expect(writersOf(table, inode)).toEqual([812])
  })
})
