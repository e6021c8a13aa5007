import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { awaitOrder, watchRecord } from '../../src/failsafe/watch-record.ts'
import type { HostClock } from '../../src/host/host.ts'
import { openJournal } from '../../src/journal/file-journal.ts'
import type { Journal } from '../../src/journal/journal.ts'
import { headWith, RECORD } from '../fixtures/heads.ts'

let journal: Journal
const never = new AbortController().signal
const head = headWith()

beforeEach(async () => {
  journal = openJournal(join(mkdtempSync(join(tmpdir(), 'chaos-lite-watch-')), 'journal'))
  await (await journal.stage(RECORD)).commit(head, '')
})

function clockAt(times: { monoMs?: number; wallMs?: number; bootId?: string }): HostClock {
  const { monoMs = 0, wallMs = 0, bootId = head.bootId } = times
  return { bootId, monoMs: () => monoMs, wallMs: () => wallMs }
}

describe('a record is due', () => {
  test('when enough time has gone by on the same boot', async () => {
    const clock = clockAt({ monoMs: head.revertByMonoMs })
    expect(await watchRecord({ journal, clock }, RECORD, () => undefined, never)).toBe(true)
  })

  test('when the calendar clock says so', async () => {
    const clock = clockAt({ wallMs: head.revertByWallMs })
    expect(await watchRecord({ journal, clock }, RECORD, () => undefined, never)).toBe(true)
  })

  test('not by the monotonic clock of another boot', async () => {
    const clock = clockAt({ monoMs: head.revertByMonoMs + 1, bootId: 'another' })
    const stop = new AbortController()
    const watching = vi.fn()
    const waiting = watchRecord({ journal, clock }, RECORD, watching, stop.signal)
    await vi.waitFor(() => expect(watching).toHaveBeenCalled())
    await new Promise(setImmediate)
    stop.abort()
    expect(await waiting).toBe(false)
  })
})

describe('there is nothing to do', () => {
  test('when the record was never there', async () => {
    const watching = vi.fn()
    const id = '01J0000000000000000000000Z'
    expect(await watchRecord({ journal, clock: clockAt({}) }, id, watching, never)).toBe(false)
    expect(watching).not.toHaveBeenCalled()
  })

  test('once somebody else has put it back', async () => {
    const closing = () => void journal.close(RECORD)
    expect(await watchRecord({ journal, clock: clockAt({}) }, RECORD, closing, never)).toBe(false)
  })

  test('once it is disarmed', async () => {
    expect(await watchRecord({ journal, clock: clockAt({}) }, RECORD, () => undefined, AbortSignal.abort())).toBe(false)
  })
})

describe('an idle watchdog', () => {
  test('says that it is ready and takes the id of a record', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    const order = awaitOrder(input, output)
    expect(String(output.read())).toBe('ready\n')
    input.write(`${RECORD}\n`)
    expect(await order).toBe(RECORD)
  })

  test('goes away when its agent does', async () => {
    const input = new PassThrough()
    const order = awaitOrder(input, new PassThrough())
    input.end()
    expect(await order).toBeNull()
  })

  test('takes nothing else for an order', async () => {
    const input = new PassThrough()
    const order = awaitOrder(input, new PassThrough())
    input.write('../../etc/passwd\n')
    await expect(order).rejects.toThrow()
  })
})
