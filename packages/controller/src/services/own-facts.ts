import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type {
  ControllerEvent,
  ControllerFact,
  Digest,
  SourcedFact,
  StoreEvent,
  StoreFact,
  Ulid,
} from '@chaos-lite/shared'
import { sha256 } from '../secrets/index.ts'
import type { OwnLines, Store } from '../store/index.ts'
import type { Clock } from '../time/index.ts'

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

  /** Commits them together, in this order. When it rejects, none of them was written. */
  append(clientId: Ulid, events: readonly ControllerEvent[]): Promise<readonly SourcedFact[]> {
    return this.appendBy(events, async ({ facts, receivedMs }, written) => {
      await this.#store.facts.append(clientId, facts, receivedMs)
      return written
    })
  }

  /** The same for a caller that stores them itself, with something else: `store` must commit all of it or nothing. */
  async appendBy<Result>(
    events: readonly ControllerEvent[],
    store: (lines: OwnLines, facts: readonly SourcedFact[]) => Promise<Result>,
  ): Promise<Result> {
    let seq = this.#seq
    let prev = this.#prev
    const facts: ControllerFact[] = []
    const incoming = events.map((event) => {
      const fact = this.#fact(event, seq, prev)
      const line = JSON.stringify(fact)
      facts.push(fact)
      seq += 1
      prev = sha256(line)
      const { runId } = event
      return { epoch: fact.epoch, seq: fact.seq, prev: fact.prev, digest: prev, runId, line, event }
    })
    // The very time that is stored: who watches live and who reads later see the same.
    const receivedMs = this.#clock.nowMs()
    const sourced = facts.map((fact) => ({ source: 'controller' as const, fact, receivedMs }))
    const result = await store({ facts: incoming, receivedMs }, sourced)
    this.#seq = seq
    this.#prev = prev
    return result
  }

  /** One that belongs to no run. */
  async appendOutside(clientId: Ulid, event: StoreEvent): Promise<void> {
    const fact: StoreFact = this.#fact(event, this.#seq, this.#prev)
    const line = JSON.stringify(fact)
    const { epoch, seq, prev } = fact
    const digest = sha256(line)
    const facts = [{ epoch, seq, prev, digest, runId: null, line, event }]
    await this.#store.facts.append(clientId, facts, this.#clock.nowMs())
    this.#seq = seq + 1
    this.#prev = digest
  }

  #fact<Event extends ControllerEvent | StoreEvent>(event: Event, seq: number, prev: Digest | null) {
    const at = { bootId: this.#bootId, monoMs: Math.round(performance.now()), wallMs: this.#clock.nowMs() }
    return { v: 1 as const, epoch: this.#epoch, seq, prev, at, event }
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
