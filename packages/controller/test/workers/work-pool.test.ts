import type { ChaosError } from '@chaos-lite/shared'
import { describe, expect, onTestFinished, test } from 'vitest'
import { OWN_WORK, WorkPool } from '../../src/workers/work-pool.ts'

function aPool(options: { deadlineMs?: number } = {}): WorkPool {
  const pool = new WorkPool(options)
  onTestFinished(() => pool[Symbol.asyncDispose]())
  return pool
}

const preview = { cron: '* * 29 2 1', timeZone: 'UTC', fromMs: 0, count: 1 }
/** Valid YAML that takes long enough for any deadline of one millisecond. */
const long = { source: 'a: b\n'.repeat(20_000), file: 'x.yaml' }

describe('work beside the event loop', () => {
  test('is computed there, whatever runs the controller, and answered', async () => {
    const pool = aPool()
    expect(await pool.run('previewSlots', preview, { key: 'ada' })).toEqual([Date.parse('1988-02-29T00:00:00Z')])
    const read = await pool.run('readDrill', { source: 'drill: 7', file: 'x.yaml' }, { key: 'ada' })
    expect(read).toMatchObject({
      drill: null,
      mistakes: expect.arrayContaining([expect.objectContaining({ line: 1 })]),
    })
  })

  test('fails with the sentence and the code of what failed', async () => {
    const asked = aPool().run('previewSlots', { ...preview, timeZone: 'IST' }, { key: 'ada' })
    await expect(asked).rejects.toMatchObject({ code: 'request-invalid', message: expect.stringContaining('"IST"') })
  })

  test('that takes too long is ended with its thread, and what follows is answered by another one', async () => {
    const pool = aPool({ deadlineMs: 1 })
    const asked = pool.run('readDrill', long, { key: 'ada' })
    await expect(asked).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('something smaller'),
    })
    await expect(pool.run('readDrill', long, { key: 'ada' })).rejects.toMatchObject({ code: 'timed-out' })
  })

  test('of one person: only so much may wait, and nobody else is refused for it', async () => {
    const pool = aPool()
    const ask = (key: string) => pool.run('previewSlots', preview, { key })
    const hers = Array.from({ length: 9 }, () => ask('ada'))
    await expect(ask('ada')).rejects.toMatchObject({ code: 'too-many' })
    await Promise.all([ask('bob'), ...hers])
  })

  test('of the controller itself is never refused for what people ask', async () => {
    const pool = aPool()
    const ask = (key: string) => pool.run('previewSlots', preview, { key })
    const theirs = Array.from({ length: 70 }, (_, n) => ask(`user ${n}`).catch((error: ChaosError) => error.code))
    expect((await Promise.all([ask(OWN_WORK), ask(OWN_WORK)])).flat()).toHaveLength(2)
    expect(await Promise.all(theirs)).toContain('too-many')
  })

  test('is refused once the controller stops, and what waits is rejected', async () => {
    const pool = aPool()
    const waiting = Promise.allSettled(
      Array.from({ length: 5 }, () => pool.run('previewSlots', preview, { key: 'ada' })),
    )
    await pool[Symbol.asyncDispose]()
    expect((await waiting).map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'))
    await expect(pool.run('previewSlots', preview, { key: 'ada' })).rejects.toMatchObject({ code: 'wrong-state' })
  })
})
