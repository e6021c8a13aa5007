import { describe, expect, test } from 'vitest'
import type { CommandContext } from '../../src/commands/context.ts'
import { previewSchedule } from '../../src/commands/schedule.ts'
import { ExitCode } from '../../src/exit-codes.ts'

const asked = {
  ...{ cron: '0 16 * 1,4,7,10 5#1', timeZone: 'Europe/Berlin' },
  ...{ fromMs: Date.parse('2026-01-01T00:00:00Z'), count: 3 },
}

/** The command, where there is no controller and nobody is logged in. */
async function preview(given: Partial<typeof asked> = {}, json = false, live = true) {
  const out: string[] = []
  const terminal = { out: (text: string) => void out.push(text), live } as CommandContext['terminal']
  const api = () => Promise.reject(new Error('nobody is logged in'))
  const context = { terminal, json, signal: new AbortController().signal, api }
  return { code: await previewSchedule(context, { ...asked, ...given }), out: out.join('\n') }
}

describe('schedule preview on the command line', () => {
  test('needs no controller: everything is in its arguments', async () => {
    const { code, out } = await preview()
    expect(code).toBe(ExitCode.ok)
    expect(out.split('\n')).toEqual([
      '2026-01-02 16:00:00 +01:00 (15:00:00 UTC)',
      '2026-04-03 16:00:00 +02:00 (14:00:00 UTC)',
      '2026-07-03 16:00:00 +02:00 (14:00:00 UTC)',
    ])
    expect(JSON.parse((await preview({}, true)).out)).toEqual([
      '2026-01-02T15:00:00.000Z',
      '2026-04-03T14:00:00.000Z',
      '2026-07-03T14:00:00.000Z',
    ])
  })

  test('prints what programs read where nobody watches; tabs of a crontab are as good as spaces', async () => {
    const first = { cron: '0\t16\t*\t*\t5#1', fromMs: Date.parse('2026-11-22T00:00:00Z'), count: 1 }
    expect((await preview(first, false, false)).out).toBe('2026-12-04T15:00:00.000Z')
    expect((await preview(first)).out).toBe('2026-12-04 16:00:00 +01:00 (15:00:00 UTC)')
  })

  test('says what is wrong with the expression or the zone, as the controller would', async () => {
    await expect(preview({ cron: '0 16 * * 8' })).rejects.toMatchObject({
      code: 'request-invalid',
      message: expect.stringContaining('The cron expression "0 16 * * 8" was not understood'),
    })
    await expect(preview({ timeZone: 'Europe/Bonn' })).rejects.toThrow('There is no time zone "Europe/Bonn"')
    await expect(preview({ count: 1_001 })).rejects.toMatchObject({
      code: 'request-invalid',
      message: 'The count must be a whole number from 1 to 1000.',
    })
  })
})
