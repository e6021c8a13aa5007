import type { ControllerFrame } from '@chaos-lite/shared'
import { expect, onTestFinished, test } from 'vitest'
import type { AgentSocket } from '../../src/gateway/agent-socket.ts'
import { ClockReadings } from '../../src/gateway/clock-readings.ts'
import { ClockSync } from '../../src/gateway/clock-sync.ts'

const SENT_MS = 1_000_000

/** A clock that moves only when an answer has been under way, and a host whose own clock shows 0 throughout. */
function syncing() {
  let nowMs = SENT_MS
  const asked: number[] = []
  const send = (frame: ControllerFrame) => {
    if (frame.type === 'clock') asked.push(frame.id)
  }
  const sync = new ClockSync({
    socket: { send } as unknown as AgentSocket,
    clock: { nowMs: () => nowMs },
    readings: new ClockReadings(),
    held: () => false,
  })
  onTestFinished(() => sync.stop())
  const answer = (id: number, afterMs = 0) => {
    nowMs += afterMs
    sync.receive({ type: 'clock', id, bootId: 'boot', receivedMonoMs: 0, sentMonoMs: 0, wallMs: 0 })
  }
  const question = async (index: number) => {
    await expect.poll(() => asked.length).toBeGreaterThan(index)
    return asked[index] ?? -1
  }
  return { sync, answer, question }
}

test('an answer that nobody waits for is ignored, also one that comes twice', async () => {
  const { answer, question } = syncing()
  expect(() => answer(4_711)).not.toThrow()
  const first = await question(0)
  answer(first)
  expect(() => answer(first)).not.toThrow()
})

test('of a series, the exchange that was quickest is kept', async () => {
  const { sync, answer, question } = syncing()
  const own = 5
  for (const [index, afterMs] of Array(own).fill(0).entries()) answer(await question(index), afterMs)
  const measured = sync.measure()
  for (const [index, afterMs] of [80, 10, 60, 30, 90].entries()) answer(await question(own + index), afterMs)
  expect((await measured).boundMs).toBe(10 / 2 + 0.5)
})

test('a link that ends before any answer says that nothing could be measured', async () => {
  const { sync, question } = syncing()
  await question(0)
  const measured = sync.measure()
  sync.stop()
  await expect(measured).rejects.toMatchObject({ code: 'timed-out' })
})
