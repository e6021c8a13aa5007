import { ChaosError } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { makeLog } from '../src/log.ts'
import { LogRepeats } from '../src/log-repeats.ts'

function logged(write: (log: ReturnType<typeof makeLog>) => void): string {
  const lines: string[] = []
  write(makeLog('info', { write: (line: string) => void lines.push(line) }))
  return lines.join('')
}

describe('the log', () => {
  test('leaves out what opens doors', () => {
    const text = logged((log) => {
      log.info({ password: 'hunter2', headers: { authorization: 'Bearer hunter2', cookie: 'hunter2' } }, 'a')
      log.info({ body: { token: 'hunter2', current: 'hunter2', next: 'hunter2' }, webhook: { secret: 'hunter2' } }, 'b')
    })
    expect(text).not.toContain('hunter2')
    expect(text.match(/left out/g)).toHaveLength(7)
  })

  test('says once a minute that the disk is full, and how often it was left out; other errors are not held back', () => {
    let nowMs = 0
    const lines: string[] = []
    const log = makeLog('info', { write: (line: string) => void lines.push(line) }, new LogRepeats(() => nowMs))
    const full = new ChaosError('storage-full', 'The database could not be written (SQLITE_FULL)')
    const host = log.child({ hostId: 'h-1' })
    for (let round = 0; round < 100; round++) {
      host.error({ err: full }, 'facts are not acknowledged')
      log.error({ err: full }, `${round} slots wait`)
      log.error({ err: new ChaosError('internal', 'something else') }, 'another error')
    }
    expect(lines).toHaveLength(102)
    nowMs += 60_000
    host.error({ err: full }, 'facts are not acknowledged')
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      leftOut: 99,
      hostId: 'h-1',
      msg: 'facts are not acknowledged',
    })
  })

  test('leaves out the secret part of addresses, and queries', () => {
    const text = logged((log) => {
      log.info({ req: { method: 'POST', url: '/api/v1/alerts/hunter2?x=hunter2', ip: '127.0.0.1' } }, 'request')
      log.error({ err: new Error('POST /api/v1/alerts/hunter2 failed') }, 'error')
    })
    expect(text).not.toContain('hunter2')
    expect(text).toContain('/api/v1/alerts/[left out]')
  })
})
