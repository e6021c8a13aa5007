import { type AgentFrame, ChaosError } from '@chaos-lite/shared'
import type { Clock } from '../time/index.ts'
import type { AgentSocket } from './agent-socket.ts'
import type { ClockReadings } from './clock-readings.ts'
import type { HostClockReading } from './gateway.ts'

const ROUNDS = 5
const ROUND_TIMEOUT_MS = 2_000
/** How often the clocks are compared while nothing happens, and while a run is held. */
const IDLE_MS = 30_000
const HELD_MS = 5_000

type ClockFrame = Extract<AgentFrame, { type: 'clock' }>

interface ClockSyncOptions {
  readonly socket: AgentSocket
  readonly clock: Clock
  readonly readings: ClockReadings
  readonly held: () => boolean
}

/** Compares the clocks over one link: several times at the beginning, then regularly. */
export class ClockSync {
  readonly #options: ClockSyncOptions
  readonly #waiting = new Map<number, { sentMs: number; done: (reading: HostClockReading | null) => void }>()
  #nextId = 0
  #lastMs = Number.NEGATIVE_INFINITY
  #stopped = false
  readonly #timer: NodeJS.Timeout

  constructor(options: ClockSyncOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#tick(), HELD_MS)
    void this.measure().catch(() => undefined)
  }

  /** A fresh series, one exchange after another; the best of it. Throws `timed-out` when none was answered. */
  async measure(): Promise<HostClockReading> {
    this.#lastMs = performance.now()
    const readings: HostClockReading[] = []
    for (let round = 0; round < ROUNDS && !this.#stopped; round += 1) {
      const reading = await this.#exchange()
      if (reading) readings.push(reading)
      else if (readings.length === 0 && round > 0) break
    }
    const best = readings.sort((a, b) => a.boundMs - b.boundMs)[0]
    if (!best) throw new ChaosError('timed-out', "The host's clock could not be compared: it did not answer.")
    return best
  }

  /** An answer. One that nobody waits for is late, and is ignored. */
  receive(frame: ClockFrame): void {
    const waiting = this.#waiting.get(frame.id)
    if (!waiting) return
    waiting.done(
      this.#options.readings.add({
        bootId: frame.bootId,
        sentMs: waiting.sentMs,
        hostReceivedMs: frame.receivedMonoMs,
        hostSentMs: frame.sentMonoMs,
        receivedMs: this.#options.clock.nowMs(),
      }),
    )
  }

  stop(): void {
    this.#stopped = true
    clearInterval(this.#timer)
    for (const { done } of this.#waiting.values()) done(null)
  }

  #exchange(): Promise<HostClockReading | null> {
    const id = this.#nextId
    this.#nextId += 1
    return new Promise((resolve) => {
      const done = (reading: HostClockReading | null) => {
        clearTimeout(timer)
        this.#waiting.delete(id)
        resolve(reading)
      }
      const timer = setTimeout(() => done(null), ROUND_TIMEOUT_MS)
      this.#waiting.set(id, { sentMs: this.#options.clock.nowMs(), done })
      this.#options.socket.send({ type: 'clock', id })
    })
  }

  #tick(): void {
    const dueMs = this.#options.held() ? HELD_MS : IDLE_MS
    // One tick early is better than one tick late.
    if (performance.now() - this.#lastMs < dueMs - HELD_MS / 2) return
    void this.measure().catch(() => undefined)
  }
}
