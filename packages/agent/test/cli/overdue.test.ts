import type { ChildProcess } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { openJournal } from '../../src/journal/file-journal.ts'
import { ended, killed, output, processesNaming, toyRoot } from '../fixtures/toy-process.ts'

/** Several processes start one after the other, on machines that do much else. */
const slow = { timeout: 300_000 }

/** A rehearsal that hangs at that moment, with the lock in its hand. */
async function hanging(moment: string, hold = '10ms') {
  const toy = toyRoot()
  const child = toy.start(toy.rehearsal(hold), { TOY_HANG: moment })
  await output(child, `hanging ${moment}`)
  const [record] = (await openJournal(toy.paths.journal).list()).records
  if (record === undefined) throw new Error('nothing is open')
  return { toy, child, record }
}

const signalOf = async (child: ChildProcess) => {
  await ended(child)
  return child.signalCode
}

describe('a process that holds the lock and does not let go', () => {
  test('is killed by the safety timer, however it was stopped, and the host is rolled back', async () => {
    const { toy, child, record } = await hanging('after inject')
    child.kill('SIGSTOP')
    expect(toy.says()).toBe('after')
    await eventually(() => expect(toy.says()).toBe('before'), slow)
    expect(Date.now()).toBeGreaterThanOrEqual(record.head.revertByWallMs)
    expect(await signalOf(child)).toBe('SIGKILL')
    await eventually(() => expect(toy.openRecords()).toEqual([]), slow)
    await eventually(() => expect(processesNaming(toy.root)).toEqual([]), slow)
  })

  test('is killed by the safety timer when it hangs in its own revert for longer than that may take', async () => {
    const { toy, child, record } = await hanging('before revert')
    for (const pid of processesNaming(toy.root)) process.kill(pid, 'SIGKILL')
    const { recordId } = record.head
    const { code, out, err } = await toy.run(['revert', '--record', recordId, '--cause', 'failsafe'])
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('identical') })
    expect(err).toContain(`Waiting for process ${child.pid}`)
    expect(err).toContain('is killed so that the host is rolled back')
    expect(await signalOf(child)).toBe('SIGKILL')
  })

  test('is left alone while nothing is overdue', async () => {
    const { toy, child, record } = await hanging('after inject', '10m')
    const revert = toy.start(['revert', '--record', record.head.recordId, '--cause', 'failsafe'])
    const said = text(revert.stderr ?? process.stdin)
    // The host's own clock of the record has not come yet: the holder ends by its own deadline, and says so.
    expect(await ended(revert)).toBe(0)
    expect(await said).not.toContain('is killed')
    expect(await ended(child)).toBe(1)
    expect(toy.says()).toBe('before')
  })
})

describe('halt', () => {
  test('kills a process that does not let go, within seconds, and rolls back', async () => {
    const { toy, child, record } = await hanging('before inject', '10m')
    child.kill('SIGSTOP')
    const { code, err } = await toy.run(['halt'])
    expect(code).toBe(0)
    expect(err).toContain(`process ${child.pid}, which held this host, is killed`)
    expect(await signalOf(child)).toBe('SIGKILL')
    expect(toy.openRecords()).toEqual([])
    expect(Date.now()).toBeLessThan(record.head.revertByWallMs)
  })

  test('waits for a process that rolls back, says so, and ends when it is asked to', async () => {
    const { toy, child } = await hanging('before revert', '10ms')
    const halt = toy.start(['halt'])
    const out: string[] = []
    halt.stderr?.on('data', (chunk: Buffer) => out.push(chunk.toString()))
    await eventually(() => expect(out.join('')).toContain(`Waiting for process ${child.pid}`))
    halt.kill('SIGTERM')
    expect(await ended(halt)).toBe(1)
    expect(out.join('')).toContain('Not waited for to the end (SIGTERM): 1 failure is still open.')
    expect(child.signalCode).toBeNull()
    await killed(child)
    for (const pid of processesNaming(toy.root)) process.kill(pid, 'SIGKILL')
  })
})
