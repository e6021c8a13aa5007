import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ControllerEvent, ControllerFact, Digest, SourcedFact, Ulid } from '@chaos-lite/shared'
import type { Store } from '../store/store.ts'
import type { Clock } from './clock.ts'
import { digestOf } from './plan/digest.ts'

/** The controller's own facts: numbered from its start, each naming the digest of the one before. One writer at a time. */
export class OwnFacts {
  readonly #store: Store
  readonly #clock: Clock
  readonly #epoch = randomBytes(16).toString('hex')
  readonly #bootId = bootId()
  #seq = 0
  #prev: Digest | null = null

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** As it would be written now. */
  preview(event: ControllerEvent): SourcedFact {
    return sourced(this.#fact(event, this.#seq, this.#prev))
  }

  /** Commits them together, in this order. When it rejects, none of them was written. */
  async append(clientId: Ulid, events: readonly ControllerEvent[]): Promise<readonly SourcedFact[]> {
    let seq = this.#seq
    let prev = this.#prev
    const facts: ControllerFact[] = []
    const incoming = events.map((event) => {
      const fact = this.#fact(event, seq, prev)
      const line = JSON.stringify(fact)
      facts.push(fact)
      seq += 1
      prev = digestOf(line)
      const { runId } = event
      return { epoch: fact.epoch, seq: fact.seq, prev: fact.prev, digest: prev, runId, line, event }
    })
    await this.#store.facts.append(clientId, incoming, this.#clock.nowMs())
    this.#seq = seq
    this.#prev = prev
    return facts.map(sourced)
  }

  #fact(event: ControllerEvent, seq: number, prev: Digest | null): ControllerFact {
    const at = { bootId: this.#bootId, monoMs: Math.round(performance.now()), wallMs: this.#clock.nowMs() }
    return { v: 1, epoch: this.#epoch, seq, prev, at, event }
  }
}

function sourced(fact: ControllerFact): SourcedFact {
  return { source: 'controller', fact, receivedMs: fact.at.wallMs }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
