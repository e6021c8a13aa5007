import { line } from '@chaos-lite/shared'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { oneLine } from '../../src/journal/one-line.ts'
import { seal, unseal } from '../../src/journal/sealed.ts'
import { undoText } from '../../src/journal/undo-text.ts'
import { headWith, RECORD } from '../fixtures/heads.ts'

describe('any text as one line', () => {
  test('is always what the contracts accept', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 4, max: 300 }), (text, max) => {
        expect(line(max).safeParse(oneLine(text, max)).success).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('keeps what is printable, and says that it was cut', () => {
    expect(oneLine('plain – ünïcode', 100)).toBe('plain – ünïcode')
    expect(oneLine('two\r\nlines\u0000\u202E', 100)).toBe('two lines')
    expect(oneLine('x'.repeat(300), 10)).toBe(`${'x'.repeat(8)}…`)
  })
})

describe('a sealed line', () => {
  test('gives back what was sealed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value))
        expect(unseal(seal(plain))).toEqual(plain)
      }),
    )
  })

  test('is JSON, so that people and tools can read it', () => {
    expect(JSON.parse(seal({ a: 1 }))).toMatchObject({
      line: { a: 1 },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  test('is nothing once a single character was changed, added or taken away', () => {
    const text = seal({ state: 'injected', note: 'x' })
    for (let at = 0; at < text.length; at += 1) {
      expect(unseal(text.slice(0, at) + text.slice(at + 1))).toBeUndefined()
      const other = text[at] === '0' ? '1' : '0'
      expect(unseal(text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined()
    }
    expect(unseal(`${text} `)).toBeUndefined()
    expect(unseal('')).toBeUndefined()
  })
})

afterEach(() => vi.unstubAllEnvs())

describe('the page for people', () => {
  const page = undoText(headWith(), ['Write the saved text back to /tmp/x'], 'srv-04')

  test('says what, when, on which host, and how to roll it back', () => {
    for (const part of [
      'srv-04',
      'toy.write',
      RECORD,
      '/tmp/x gets another text.',
      'file:/tmp/x',
      'Write the saved text back to /tmp/x',
      `chaos-lite-agent revert --record ${RECORD}`,
    ]) {
      expect(page).toContain(part)
    }
  })

  test.each([
    ['UTC', '2026-09-21 14:13:20 UTC'],
    ['Asia/Karachi', '2026-09-21 19:13:20 +05:00 (14:13:20 UTC)'],
    ['America/New_York', '2026-09-21 10:13:20 -04:00 (14:13:20 UTC)'],
  ])('gives times in the zone of the host and in UTC: %s', (zone, at) => {
    vi.stubEnv('TZ', zone)
    expect(undoText(headWith(), [])).toContain(`Prepared:  ${at}\n`)
  })

  test('names the run that it belongs to, or says that it was a rehearsal', () => {
    expect(page).toContain('a rehearsal on this host')
    const run = { runId: '01J00000000000000000000RNA', stepId: 'stop-erp' }
    expect(undoText(headWith(run), [])).toContain('run 01J00000000000000000000RNA, step stop-erp')
  })
})
