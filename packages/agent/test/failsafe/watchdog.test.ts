import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { watchdogFailsafe } from '../../src/failsafe/watchdog.ts'
import { openJournal } from '../../src/journal/file-journal.ts'
import { headWith } from '../fixtures/heads.ts'
import { realClock } from '../fixtures/toy-host.ts'
import { killed, output, processesNaming, toyMain, toyRoot } from '../fixtures/toy-process.ts'

/** Several processes start one after the other, on machines that do much else. */
const slow = { timeout: 300_000 }

describe('the watchdog', () => {
  test('rolls back after the agent was killed in the middle of its hold', async () => {
    const toy = toyRoot()
    const agent = toy.start(toy.rehearsal('1s'))
    await output(agent, 'Started')
    await killed(agent)
    expect(toy.says()).toBe('after')
    expect(processesNaming(toy.root)).toHaveLength(1)
    await eventually(() => expect(toy.says()).toBe('before'), slow)
    await eventually(() => expect(toy.openRecords()).toEqual([]), slow)
    await eventually(() => expect(processesNaming(toy.root)).toEqual([]), slow)
  })

  test('rolls back after the agent was killed in the middle of the inject', async () => {
    const toy = toyRoot()
    const agent = toy.start(toy.rehearsal('100ms'), { TOY_HANG: 'after inject' })
    await output(agent, 'hanging')
    await killed(agent)
    expect(toy.says()).toBe('after')
    await eventually(() => expect(toy.openRecords()).toEqual([]), slow)
    expect(toy.says()).toBe('before')
  })

  test('goes away when its record was rolled back by somebody else', async () => {
    const toy = toyRoot()
    const agent = toy.start(toy.rehearsal())
    await output(agent, 'Started')
    await killed(agent)
    expect(processesNaming(toy.root)).toHaveLength(1)
    expect(await toy.run(['revert', '--all'])).toMatchObject({ code: 0 })
    expect(toy.says()).toBe('before')
    await eventually(() => expect(processesNaming(toy.root)).toEqual([]), slow)
  })

  test('is gone after a rehearsal that ended well', async () => {
    const toy = toyRoot()
    expect(await toy.run(toy.rehearsal('10ms'))).toMatchObject({ code: 0 })
    await eventually(() => expect(processesNaming(toy.root)).toEqual([]), slow)
  })

  test('that was only warmed ends with its agent', async () => {
    const toy = toyRoot()
    vi.stubEnv('CHAOS_LITE_ROOT', toy.root)
    try {
      const failsafe = watchdogFailsafe(async () => [process.execPath, toyMain])
      await failsafe.warm()
      expect(processesNaming(toy.root)).toHaveLength(1)
      await failsafe[Symbol.asyncDispose]()
      await eventually(() => expect(processesNaming(toy.root)).toEqual([]), slow)
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('runs in a session of its own', async () => {
    const toy = toyRoot()
    vi.stubEnv('CHAOS_LITE_ROOT', toy.root)
    try {
      const failsafe = watchdogFailsafe(async () => [process.execPath, toyMain])
      await failsafe.warm()
      const [pid] = processesNaming(toy.root)
      const { readFileSync } = await import('node:fs')
      const fields = readFileSync(join('/proc', String(pid), 'stat'), 'utf8')
        .split(') ')[1]
        ?.split(' ')
      expect(Number(fields?.[3])).toBe(pid)
      await failsafe[Symbol.asyncDispose]()
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

describe('a watchdog that cannot be armed', () => {
  const unavailable = { code: 'failsafe-unavailable' }

  test('because its program is not there', async () => {
    const failsafe = watchdogFailsafe(async () => ['/nonexistent/chaos-lite-agent'])
    await failsafe.warm()
    await expect(failsafe.arm(headWith())).rejects.toMatchObject(unavailable)
  })

  test('because its program ends at once', async () => {
    await expect(watchdogFailsafe(async () => ['/bin/false']).arm(headWith())).rejects.toMatchObject(unavailable)
  })

  test('because its program says something else', async () => {
    await expect(watchdogFailsafe(async () => ['/bin/echo']).arm(headWith())).rejects.toMatchObject(unavailable)
  })

  test('because there is no such record', async () => {
    const toy = toyRoot()
    vi.stubEnv('CHAOS_LITE_ROOT', toy.root)
    try {
      const failsafe = watchdogFailsafe(async () => [process.execPath, toyMain])
      await expect(failsafe.arm(headWith())).rejects.toMatchObject(unavailable)
      await eventually(() => expect(processesNaming(toy.root)).toEqual([]), slow)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

test('several watchdogs stand beside each other, each for its own record', async () => {
  const toy = toyRoot()
  vi.stubEnv('CHAOS_LITE_ROOT', toy.root)
  try {
    const journal = openJournal(toy.paths.journal)
    const failsafe = watchdogFailsafe(async () => [process.execPath, toyMain])
    const ids = ['01J0000000000000000000000A', '01J0000000000000000000000B']
    for (const recordId of ids) {
      const later = { revertByWallMs: Date.now() + 600_000, revertByMonoMs: Math.ceil(realClock.monoMs()) + 600_000 }
      const head = headWith({ recordId, bootId: realClock.bootId, ...later })
      await (await journal.stage(recordId)).commit(head, '')
      await failsafe.arm(head)
    }
    expect(processesNaming(toy.root)).toHaveLength(2)
    await failsafe.disarm(ids[0] ?? '')
    await eventually(() => expect(processesNaming(toy.root)).toHaveLength(1), slow)
    await failsafe.disarm(ids[1] ?? '')
    await eventually(() => expect(processesNaming(toy.root)).toEqual([]), slow)
    expect(readdirSync(toy.paths.journal)).toEqual(ids)
  } finally {
    vi.unstubAllEnvs()
  }
})
