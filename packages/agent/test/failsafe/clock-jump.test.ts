import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { killed, output, toyRoot } from '../fixtures/toy-process.ts'

/** Debian's package `faketime`; each architecture has a folder of its own. */
const library = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path))
/** Several processes start one after the other, on machines that do much else. */
const slow = { timeout: 300_000 }

/** An agent killed in its hold, and the calendar clock of what it left behind: `jump` moves that by seconds. */
async function leftAlone(hold: string) {
  const toy = toyRoot()
  const file = join(toy.root, 'clock')
  const jump = (seconds: number) => writeFileSync(file, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`)
  jump(0)
  const agent = toy.start(toy.rehearsal(hold), {
    LD_PRELOAD: library ?? '',
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    // As on a real machine: only the calendar clock can be set.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  })
  await output(agent, 'Started')
  await killed(agent)
  expect(toy.says()).toBe('after')
  return { toy, jump }
}

describe.runIf(library !== undefined)('the watchdog rolls back', () => {
  test('at once when the calendar clock jumps past its time', async () => {
    const { toy, jump } = await leftAlone('1h')
    jump(7_200)
    await eventually(() => expect(toy.openRecords()).toEqual([]), slow)
    expect(toy.says()).toBe('before')
  })

  test('by elapsed time when the calendar clock is set back', async () => {
    const { toy, jump } = await leftAlone('100ms')
    jump(-7_200)
    await eventually(() => expect(toy.openRecords()).toEqual([]), slow)
    expect(toy.says()).toBe('before')
  })
})
