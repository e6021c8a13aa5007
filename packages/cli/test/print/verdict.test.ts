import { afterEach, expect, test, vi } from 'vitest'
import { aGoodStory, ends, opening } from '../../../shared/test/run/stories.ts'
import { aPlan, runOf } from '../../../shared/test/run/support.ts'
import { verdictPage } from '../../src/print/verdict.ts'

const terminal = { style: (_how: unknown, text: string) => text } as unknown as Parameters<typeof verdictPage>[1]
afterEach(() => vi.unstubAllEnvs())

const objectives = { detect: { withinMs: 30_000 } }

test('a target of a run that was not begun is not measured, and not missed', () => {
  const skipped = runOf([...opening(aPlan({ objectives })), ends(2000, 'skipped')])
  expect(verdictPage(skipped, terminal)).toMatch(/detect: +not measured, target 30 s$/m)
  const failed = runOf([...aGoodStory({ objectives }), ends(310_000, 'failed')])
  expect(verdictPage(failed, terminal)).toMatch(/detect: +not measured, target 30 s: missed$/m)
})

test.each([
  ['UTC', 'nginx stopped 14:03 UTC, rolled back 14:05 UTC,'],
  ['Asia/Karachi', 'nginx stopped 19:03 +05:00 (14:03 UTC), rolled back 19:05 +05:00 (14:05 UTC),'],
  ['America/New_York', 'nginx stopped 09:03 -05:00 (14:03 UTC), rolled back 09:05 -05:00 (14:05 UTC),'],
])('times are in the zone of the machine and in UTC: %s', (zone, words) => {
  vi.stubEnv('TZ', zone)
  expect(verdictPage(runOf(aGoodStory()), terminal)).toContain(words)
})
