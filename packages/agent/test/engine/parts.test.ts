import { canonicalJson } from '@chaos-lite/shared'
import { decodeTime } from 'ulid'
import { describe, expect, test, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { explanationDigest } from '../../src/engine/explanation.ts'
import { nextRecordId } from '../../src/engine/record-id.ts'
import { atDeadline, remainingMs } from '../../src/wait/deadline.ts'

describe('a deadline', () => {
  const clock = (monoMs: number, wallMs: number) => ({ monoMs: () => monoMs, wallMs: () => wallMs })

  test('comes by elapsed time or by wall clock, whichever is first', () => {
    const due = { monoMs: 1_000, wallMs: 50_000 }
    expect(remainingMs(clock(400, 10_000), due)).toBe(600)
    expect(remainingMs(clock(400, 49_900), due)).toBe(100)
    expect(remainingMs(clock(2_000, 0), due)).toBe(0)
    expect(remainingMs(clock(0, 60_000), due)).toBe(0)
  })

  test('is met once, although the wall clock jumps to and fro', async () => {
    let wallMs = 0
    let calls = 0
    atDeadline({ monoMs: () => 0, wallMs: () => wallMs }, { monoMs: 1e9, wallMs: 1_000 }, () => {
      calls += 1
    })
    wallMs = 5_000
    await eventually(() => expect(calls).toBe(1))
    wallMs = 0
    await new Promise(setImmediate)
    expect(calls).toBe(1)
  })

  test('that is cancelled never comes', async () => {
    vi.useFakeTimers()
    try {
      let calls = 0
      const cancel = atDeadline(clock(0, 0), { monoMs: 0, wallMs: 0 }, () => {
        calls += 1
      })
      cancel()
      await vi.advanceTimersByTimeAsync(10_000)
      expect(calls).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('the digest of an explanation', () => {
  const message = { code: 'a.b', values: { path: '/srv', count: 2 }, estimates: { freeMiB: 7 } }
  const effect = { probe: 'disk', params: { path: '/srv', atLeast: 7 }, measured: ['atLeast'], expect: 'down' as const }
  const parts = {
    action: 'a',
    params: { b: 1, a: { d: [1, 2], c: null } },
    touches: ['x'],
    messages: [message],
    effect,
  }

  test('does not depend on the order of keys', () => {
    const other = { ...parts, params: { a: { c: null, d: [1, 2] }, b: 1 } }
    expect(explanationDigest(other)).toBe(explanationDigest(parts))
    expect(canonicalJson({ b: 1, a: [{ d: 1, c: 2 }] })).toBe('{"a":[{"c":2,"d":1}],"b":1}')
  })

  test('depends on everything that is said, and on the order of lists', () => {
    const digests = [
      parts,
      { ...parts, action: 'b' },
      { ...parts, touches: ['z'] },
      { ...parts, messages: [message, message] },
      { ...parts, messages: [{ ...message, code: 'a.c' }] },
      { ...parts, messages: [{ ...message, values: { path: '/srv', count: 3 } }] },
      { ...parts, effect: null },
      { ...parts, effect: { ...effect, expect: 'up' as const } },
      { ...parts, effect: { ...effect, params: { path: '/', atLeast: 7 } } },
      { ...parts, effect: { ...effect, measured: [] } },
      { ...parts, params: { b: 1, a: { d: [2, 1], c: null } } },
    ].map(explanationDigest)
    expect(new Set(digests).size).toBe(digests.length)
  })

  test('does not depend on what was measured: neither on an estimate nor on the threshold of the effect', () => {
    const later = {
      ...parts,
      messages: [{ ...message, estimates: { freeMiB: 700 } }],
      effect: { ...effect, params: { path: '/srv', atLeast: 700 } },
    }
    expect(explanationDigest(later)).toBe(explanationDigest(parts))
  })
})

describe('the id of a record', () => {
  test('sorts after all open ones, although the clock was set back', () => {
    const first = nextRecordId([], 1_790_000_000_000)
    const second = nextRecordId([first], 1_600_000_000_000)
    const third = nextRecordId([first, second], 1_600_000_000_000)
    expect([third, first, second].sort()).toEqual([first, second, third])
  })

  test('carries the time otherwise', () => {
    expect(decodeTime(nextRecordId([], 1_790_000_000_000))).toBe(1_790_000_000_000)
  })
})
