import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { writeOrder } from '../../src/failsafe/watch-order.ts'
import { awaitOrder, watchRecord } from '../../src/failsafe/watch-record.ts'
import type { HostClock } from '../../src/host/host.ts'
import { openJournal } from '../../src/journal/file-journal.ts'
import type { Journal } from '../../src/journal/journal.ts'
import { headWith, RECORD } from '../fixtures/heads.ts'

let opened: Journal
let journal: string
const never = new AbortController().signal
const head = headWith()

beforeEach(async () => {
  opened = openJournal(join(mkdtempSync(join(tmpdir(), 'chaos-lite-watch-')), 'journal'))
  journal = opened.folder
  await (await opened.stage(RECORD)).commit(head, '')
})

function clockAt(times: { monoMs?: number; wallMs?: number; bootId?: string }): HostClock {
  const { monoMs = 0, wallMs = 0, bootId = head.bootId } = times
  return { bootId, monoMs: () => monoMs, wallMs: () => wallMs }
}

describe('a record is due', () => {
  test('when enough time has gone by on the same boot', async () => {
    const clock = clockAt({ monoMs: head.revertByMonoMs })
    expect(await watchRecord({ journal, clock }, head, () => undefined, never)).toBe(true)
  })

  test('when the calendar clock says so', async () => {
    const clock = clockAt({ wallMs: head.revertByWallMs })
    expect(await watchRecord({ journal, clock }, head, () => undefined, never)).toBe(true)
  })

  test('not by the monotonic clock of another boot', async () => {
    const clock = clockAt({ monoMs: head.revertByMonoMs + 1, bootId: 'another' })
    const stop = new AbortController()
    const watching = vi.fn()
    const waiting = watchRecord({ journal, clock }, head, watching, stop.signal)
    await eventually(() => expect(watching).toHaveBeenCalled())
    await new Promise(setImmediate)
    stop.abort()
    expect(await waiting).toBe(false)
  })
})

describe('there is nothing to do', () => {
  test('when the record was never there', async () => {
    const watching = vi.fn()
    const order = { ...head, recordId: '01J0000000000000000000000Z' }
    expect(await watchRecord({ journal, clock: clockAt({}) }, order, watching, never)).toBe(false)
    expect(watching).not.toHaveBeenCalled()
  })

  test('once somebody else has rolled it back', async () => {
    const closing = () => void opened.close(RECORD)
    expect(await watchRecord({ journal, clock: clockAt({}) }, head, closing, never)).toBe(false)
  })

  test('once it is disarmed', async () => {
    expect(await watchRecord({ journal, clock: clockAt({}) }, head, () => undefined, AbortSignal.abort())).toBe(false)
  })
})

describe('an idle watchdog', () => {
  test('says that it is ready and takes an order', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    const order = awaitOrder(input, output)
    expect(String(output.read())).toBe('ready\n')
    input.write(`${writeOrder(head)}\n`)
    const { recordId, bootId, revertByMonoMs, revertByWallMs } = head
    expect(await order).toStrictEqual({ recordId, bootId, revertByMonoMs, revertByWallMs })
  })

  test('goes away when its agent does', async () => {
    const input = new PassThrough()
    const order = awaitOrder(input, new PassThrough())
    input.end()
    expect(await order).toBeNull()
  })

  test('takes an order that comes in pieces, and none that never ends', async () => {
    const pieces = new PassThrough()
    const order = awaitOrder(pieces, new PassThrough())
    for (const piece of `${writeOrder(head)}\n`.match(/.{1,20}|\n/g) ?? []) pieces.write(piece)
    expect((await order)?.recordId).toBe(head.recordId)
    const endless = new PassThrough()
    const refused = awaitOrder(endless, new PassThrough())
    endless.write('x'.repeat(5000))
    await expect(refused).rejects.toThrow('no order')
  })

  const wrong: Record<string, unknown> = {
    'a text': '../../etc/passwd',
    nothing: null,
    'a path for an id': { ...head, recordId: '../../etc/passwd' },
    'an id in small letters': { ...head, recordId: RECORD.toLowerCase() },
    'no boot': { ...head, bootId: undefined },
    'a time before all times': { ...head, revertByWallMs: -1 },
    'half a millisecond': { ...head, revertByMonoMs: 0.5 },
    'a time as a text': { ...head, revertByMonoMs: '1' },
  }
  test.each(Object.keys(wrong))('takes %s for no order', async (what) => {
    const input = new PassThrough()
    const order = awaitOrder(input, new PassThrough())
    input.write(`${JSON.stringify(wrong[what])}\n`)
    await expect(order).rejects.toThrow()
  })
})
