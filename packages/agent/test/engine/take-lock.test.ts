import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { EngineDeps } from '../../src/engine/deps.ts'
import { takeLock, type Urgency } from '../../src/engine/take-lock.ts'
import type { Holder, Holders } from '../../src/lock/holder.ts'
import { kernelLocker, type Locker } from '../../src/lock/lock.ts'

const agent: Holder = {
  pid: 812,
  startTicks: '99',
  isAgent: true,
  isStopped: false,
  isDying: false,
  pulseAgeMs: 100,
  workLeftMs: null,
}

/** A lock that somebody else holds until `kill`, or for ever; `next` can always be had. */
function heldBy(holder: Holder | null, dies = true) {
  const killed: number[] = []
  const warnings: string[] = []
  const lock = { [Symbol.dispose]: () => undefined }
  const locker: Locker = {
    async acquire(_waitMs, { behindTheDead = false } = {}) {
      if (behindTheDead || (dies && killed.length > 0)) return lock
      throw new ChaosError('host-busy', 'held')
    },
    holder: () => holder,
    kill: ({ pid }) => killed.push(pid) > 0,
  }
  const deps = { locker, warn: (message: string) => warnings.push(message) } as unknown as EngineDeps
  const take = (urgency: Urgency) => takeLock(deps, { urgency: async () => urgency })
  return { killed, warnings, take, lock }
}

describe('the lock for rolling back', () => {
  test('is taken from a holder that hangs once a record is overdue', async () => {
    const { killed, take, lock } = heldBy(agent)
    expect(await take('overdue')).toBe(lock)
    expect(killed).toEqual([812])
  })

  test('is taken at once from one that was stopped, whatever it said before', async () => {
    const { killed, take } = heldBy({ ...agent, isStopped: true, workLeftMs: 60_000 })
    await take('halt')
    expect(killed).toEqual([812])
  })

  test('is taken from one that said that it rolls back and then gave no sign of life', async () => {
    const { killed, take } = heldBy({ ...agent, pulseAgeMs: 20_000, workLeftMs: 60_000 })
    await take('overdue')
    expect(killed).toEqual([812])
  })

  test('is left to one that rolls back and has the time for it', async () => {
    const off = new AbortController()
    const sentences: string[] = []
    const deps = {
      locker: {
        acquire: async () => {
          throw new ChaosError('host-busy', 'held')
        },
        holder: () => ({ ...agent, workLeftMs: 60_000 }),
        kill: () => {
          throw new Error('must not be killed')
        },
      },
    } as unknown as EngineDeps
    let asked = 0
    const urgency = async (): Promise<Urgency> => {
      asked += 1
      if (asked > 200) off.abort(new Error('waited long enough'))
      return 'overdue'
    }
    const wanted = { urgency, signal: off.signal, onWaiting: (sentence: string) => sentences.push(sentence) }
    await expect(takeLock(deps, wanted)).rejects.toThrow('waited long enough')
    expect(sentences).toEqual(['Waiting for process 812, which is rolling back on this host.'])
  })

  test('is done without when the holder is no agent, which is never killed', async () => {
    const { killed, warnings, take } = heldBy({ ...agent, isAgent: false })
    expect(await take('overdue')).toBeNull()
    expect(killed).toEqual([])
    expect(warnings).toEqual(['rolling back without the lock'])
  })

  test('is done without when the holder was killed and is there all the same', async () => {
    const { killed, take } = heldBy(agent, false)
    expect(await take('overdue')).toBeNull()
    expect(killed).toEqual([812])
  })

  test('is never gone without because a holder that was long waited for has just let go of it', async () => {
    const clock = vi.spyOn(performance, 'now')
    onTestFinished(() => clock.mockRestore())
    let nowMs = 0
    clock.mockImplementation(() => nowMs)
    const lock = { [Symbol.dispose]: () => undefined }
    let rounds = 0
    const locker: Locker = {
      async acquire() {
        rounds += 1
        nowMs += 200
        if (rounds > 102) return lock
        throw new ChaosError('host-busy', 'held')
      },
      // It rolls back for 20 seconds, and lets go between our last try and the look who holds it.
      holder: () => (rounds < 100 ? { ...agent, workLeftMs: 60_000 } : null),
      kill: () => false,
    }
    const warnings: string[] = []
    const deps = { locker, warn: (message: string) => warnings.push(message) } as unknown as EngineDeps
    expect(await takeLock(deps, { urgency: async () => 'overdue' })).toBe(lock)
    expect(warnings).toEqual([])
  })

  test('is replaced by the second lock when the holder was killed and waits in the kernel', async () => {
    const { killed, take, lock } = heldBy({ ...agent, isDying: true })
    expect(await take('none')).toBe(lock)
    expect(killed).toEqual([])
  })
})

describe('the second lock', () => {
  const dead: Holders = { find: () => ({ ...agent, isDying: true }), kill: () => false }
  const living: Holders = { find: () => agent, kill: () => false }
  const lockPath = () => join(mkdtempSync(join(tmpdir(), 'chaos-lite-lock-')), 'lock')

  test('has one holder at a time, and whoever takes the first waits for it, too', async () => {
    const path = lockPath()
    const first = await kernelLocker(path).acquire(1_000)
    const second = await kernelLocker(path, dead).acquire(1_000, { behindTheDead: true })
    const busy = { code: 'host-busy' }
    await expect(kernelLocker(path, dead).acquire(20, { behindTheDead: true })).rejects.toMatchObject(busy)
    first[Symbol.dispose]()
    await expect(kernelLocker(path).acquire(20)).rejects.toMatchObject(busy)
    second[Symbol.dispose]()
    ;(await kernelLocker(path).acquire(1_000))[Symbol.dispose]()
  })

  test('is nobody’s beside a holder that lives', async () => {
    const path = lockPath()
    using _first = await kernelLocker(path).acquire(1_000)
    await expect(kernelLocker(path, living).acquire(20, { behindTheDead: true })).rejects.toMatchObject({
      code: 'host-busy',
    })
  })

  test('comes with the first one when that is free again', async () => {
    const path = lockPath()
    using _both = await kernelLocker(path, dead).acquire(1_000, { behindTheDead: true })
    await expect(kernelLocker(path).acquire(20)).rejects.toMatchObject({ code: 'host-busy' })
  })
})
