import { AgentEvent } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import { forgeries } from '../../src/link/forgeries.ts'

function counted(report: (event: AgentEvent) => Promise<void> = async () => {}) {
  let nowMs = 1_000
  const reported: AgentEvent[] = []
  const outbox = {
    report: (event: AgentEvent) => {
      reported.push(AgentEvent.parse(event))
      return report(event)
    },
  }
  const forged = forgeries({ outbox, clock: { monoMs: () => nowMs } })
  return {
    forged,
    reasons: () => reported.map((event) => ('reason' in event ? event.reason : '')),
    pass: (ms: number) => (nowMs += ms),
  }
}

test('the first one is reported at once', () => {
  const { forged, reasons } = counted()
  forged()
  expect(reasons()).toEqual([expect.stringContaining('A frame was forged')])
})

test('whoever forges without end is reported once a minute, with how many there were', () => {
  const { forged, reasons, pass } = counted()
  for (let n = 0; n < 10_000; n += 1) forged()
  expect(reasons()).toHaveLength(1)
  pass(60_000)
  forged()
  expect(reasons()).toEqual([expect.stringContaining('A frame was'), expect.stringContaining('10000 frames were')])
})

test('a full disk does not stop it from refusing', async () => {
  const { forged, reasons } = counted(() => Promise.reject(new Error('no room')))
  forged()
  await new Promise((next) => setImmediate(next))
  expect(reasons()).toHaveLength(1)
})
