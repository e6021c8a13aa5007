import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { lastBeat, Pulse } from '../../src/lock/pulse.ts'

const lockPath = () => join(mkdtempSync(join(tmpdir(), 'chaos-lite-pulse-')), 'lock')
const nowMs = () => Number(process.hrtime.bigint()) / 1e6

describe('the sign of life of the holder of a lock', () => {
  test('can be read at every moment while the next one is written', async () => {
    const path = lockPath()
    const pulse = new Pulse(path)
    try {
      pulse.working(60_000)
      await expect.poll(() => lastBeat(path, process.pid)).not.toBeNull()
      let missed = 0
      for (let beat = 0; beat < 100; beat += 1) {
        pulse.working(60_000 + beat)
        for (let look = 0; look < 20; look += 1) {
          if (lastBeat(path, process.pid) === null) missed += 1
          await turn()
        }
      }
      expect(missed).toBe(0)
    } finally {
      pulse.stop()
    }
  })

  test('is written over a longer one of before', async () => {
    const path = lockPath()
    writeFileSync(`${path}.pulse`, 'x'.repeat(4096))
    const pulse = new Pulse(path)
    try {
      pulse.working(1_000)
      await expect.poll(() => lastBeat(path, process.pid)).not.toBeNull()
      expect(readFileSync(`${path}.pulse`).length).toBeLessThan(1024)
    } finally {
      pulse.stop()
    }
  })

  test('of an earlier start of the machine, whose clock was further on, is none', () => {
    const path = lockPath()
    const monoMs = nowMs() + 3_600_000
    writeFileSync(`${path}.pulse`, JSON.stringify({ pid: process.pid, monoMs, workUntilMonoMs: monoMs + 60_000 }))
    expect(lastBeat(path, process.pid)).toBeNull()
  })
})
