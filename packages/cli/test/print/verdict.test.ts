import { expect, test } from 'vitest'
import { aGoodStory, ends, opening } from '../../../shared/test/run/stories.ts'
import { aPlan, runOf } from '../../../shared/test/run/support.ts'
import { verdictPage } from '../../src/print/verdict.ts'

const terminal = { style: (_how: unknown, text: string) => text } as unknown as Parameters<typeof verdictPage>[1]
const objectives = { detect: { withinMs: 30_000 } }

test('a target of a run that was not begun is not measured, and not missed', () => {
  const skipped = runOf([...opening(aPlan({ objectives })), ends(2000, 'skipped')])
  expect(verdictPage(skipped, terminal)).toMatch(/detect: +not measured, target 30 s$/m)
  const failed = runOf([...aGoodStory({ objectives }), ends(310_000, 'failed')])
  expect(verdictPage(failed, terminal)).toMatch(/detect: +not measured, target 30 s: missed$/m)
})
