import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fuzz, type targets } from '../../scripts/wire/fuzz/fuzz.ts'

/** Few here, so that they take seconds; `npm run fuzz -- frames-up --count 1000000` and its like take their time. */
const cases: readonly [keyof typeof targets, number, string][] = [
  ['frames-up', 1_500, 'frames of hostile hosts end their own links at most, and no other host notices'],
  ['frames-down', 2_000, 'of all that a hostile controller or relay says, only genuine commands are executed'],
  ['journal', 250, 'a damaged undo record is itself, or unreadable'],
  ['outbox', 120, 'a damaged outbox invents nothing and sends what lies before the damage'],
  ['policy', 200, 'a damaged policy allows nothing that no line names'],
  ['drill', 150, 'a damaged drill file is judged, with a place for each mistake'],
]

test.each(cases)('%s: %i cases: %s', async (target, count) => {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-fuzz-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const seed = Number(process.env.CHAOS_LITE_FUZZ_SEED ?? Date.now() % 1_000_000)
  const outcome = await fuzz(target, { folder, count, seed }).catch((error: unknown) => {
    throw new Error(`CHAOS_LITE_FUZZ_SEED=${seed} shows it again: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  })
  expect(outcome.cases).toBeGreaterThanOrEqual(count)
})
