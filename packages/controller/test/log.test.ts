import { describe, expect, test } from 'vitest'
import { makeLog } from '../src/log.ts'

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

  test('leaves out the secret part of addresses, and queries', () => {
    const text = logged((log) => {
      log.info({ req: { method: 'POST', url: '/api/v1/alerts/hunter2?x=hunter2', ip: '127.0.0.1' } }, 'request')
      log.error({ err: new Error('POST /api/v1/alerts/hunter2 failed') }, 'error')
    })
    expect(text).not.toContain('hunter2')
    expect(text).toContain('/api/v1/alerts/[left out]')
  })
})
