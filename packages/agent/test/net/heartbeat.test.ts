import { EventEmitter } from 'node:events'
import { PING_EVERY_MS, SILENT_AFTER_MS } from '@chaos-lite/shared/plain'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { keepAlive, watchStandstill } from '../../src/net/heartbeat.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A socket that counts pings, and a clock that moves with the timers unless it is pushed. */
function beating() {
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    pings: 0,
    ping: () => (socket.pings += 1),
  })
  const dead: string[] = []
  let aheadMs = 0
  const beat = keepAlive({
    socket: socket as unknown as WebSocket,
    monoMs: () => performance.now() + aheadMs,
    onDead: (why) => dead.push(why),
  })
  return { socket, dead, beat, push: (ms: number) => (aheadMs += ms) }
}

test('it pings as long as it hears something', () => {
  const { socket, dead, beat } = beating()
  for (const sign of ['message', 'ping', 'pong', 'pong', 'pong']) {
    vi.advanceTimersByTime(PING_EVERY_MS)
    socket.emit(sign)
  }
  expect(socket.pings).toBe(5)
  expect(dead).toEqual([])
  beat[Symbol.dispose]()
})

test('silence ends it', () => {
  const { dead, beat } = beating()
  vi.advanceTimersByTime(SILENT_AFTER_MS + PING_EVERY_MS)
  expect(dead[0]).toBe('the controller was silent')
  beat[Symbol.dispose]()
})

test('a process that did not run for a while trusts nothing that waited meanwhile', () => {
  const { socket, dead, beat, push } = beating()
  vi.advanceTimersByTime(PING_EVERY_MS)
  socket.emit('pong')
  push(SILENT_AFTER_MS + 1)
  vi.advanceTimersByTime(PING_EVERY_MS)
  expect(dead).toEqual(['this process stood still'])
  beat[Symbol.dispose]()
})

test('a socket that is closing is not pinged', () => {
  const { socket, beat } = beating()
  socket.readyState = 2
  vi.advanceTimersByTime(PING_EVERY_MS)
  expect(socket.pings).toBe(0)
  beat[Symbol.dispose]()
})

test('when it is over it leaves neither a timer nor a listener', () => {
  const { socket, beat } = beating()
  beat[Symbol.dispose]()
  expect(vi.getTimerCount()).toBe(0)
  expect(socket.eventNames()).toEqual([])
})

test('standing still is reported each time, and nothing else is', () => {
  let nowMs = 0
  const seen: string[] = []
  const watch = watchStandstill({
    monoMs: () => nowMs,
    onStoodStill: () => seen.push('stood still'),
    onTick: () => seen.push('tick'),
  })
  for (const gapMs of [PING_EVERY_MS, SILENT_AFTER_MS, SILENT_AFTER_MS + 1, PING_EVERY_MS]) {
    nowMs += gapMs
    vi.advanceTimersByTime(PING_EVERY_MS)
  }
  expect(seen).toEqual(['tick', 'tick', 'stood still', 'tick'])
  watch[Symbol.dispose]()
})
