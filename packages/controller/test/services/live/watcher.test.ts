import { EventEmitter } from 'node:events'
import { ChaosError, type SourcedFact } from '@chaos-lite/shared'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { eventually } from '../../../../shared/test/eventually.ts'
import type { Identity } from '../../../src/services/auth/auth.ts'
import { Watcher } from '../../../src/services/live/watcher.ts'

const runId = '01HZZZZZZZZZZZZZZZZZZZZZZZ'
const hostId = `h-${'0'.repeat(24)}`
const seen = { probeId: 'answers', atMs: 1, tookMs: 1, status: 'up', value: {} } as const
const sample = { type: 'sample', runId, hostId, ...seen } as const

/** A watcher who asks for the run; what the store says of it is answered by the test. */
function asking() {
  const sent: string[] = []
  const closed: number[] = []
  const ws = Object.assign(new EventEmitter(), {
    ...{ OPEN: 1, readyState: 1, bufferedAmount: 0 },
    send(text: string, done?: () => void) {
      sent.push(text)
      done?.()
    },
    close: (code: number) => void closed.push(code),
  })
  const { promise, resolve, reject } = Promise.withResolvers<readonly SourcedFact[]>()
  async function* facts() {
    yield await promise
  }
  const watcher = new Watcher(ws as unknown as WebSocket, { clients: [] } as unknown as Identity, {
    ...{ facts, watching: () => {}, log: pino({ level: 'silent' }) },
  })
  ws.emit('message', Buffer.from(JSON.stringify({ type: 'watch', runId })), false)
  return { watcher, sent, closed, resolve, reject }
}

describe('a watcher who asks for a run', () => {
  test('receives nothing of it before it is known whether they may see it', async () => {
    const { watcher, sent, closed, reject } = asking()
    expect(watcher.watches(runId)).toBe(false)
    reject(new ChaosError('not-found', 'There is no such run.'))
    await eventually(() => expect(closed).toEqual([4400]))
    expect(watcher.watches(runId)).toBe(false)
    expect(sent).toEqual([])
  })

  test('gets its samples once its facts were sent', async () => {
    const { watcher, sent, resolve } = asking()
    resolve([])
    await eventually(() => expect(watcher.watches(runId)).toBe(true))
    watcher.sample(sample)
    expect(sent.map((text) => JSON.parse(text).type)).toEqual(['backlog', 'backlog', 'sample'])
  })
})
