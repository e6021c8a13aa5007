import { join } from 'node:path'
import { AckedNote, readAcked } from './acked-file.ts'
import { type BrokenLine, EpochReader } from './epoch-reader.ts'

/** Up to where each epoch is acknowledged, and how far it was read: in memory, and noted on disk a moment later. */
export class Ledger {
  readonly #outbox: string
  readonly #onBroken: (line: BrokenLine) => void
  readonly #acked = new Map<string, number>()
  readonly #known = new Map<string, number>()
  readonly #note = new AckedNote()

  constructor(outbox: string, onBroken: (line: BrokenLine) => void) {
    this.#outbox = outbox
    this.#onBroken = onBroken
  }

  /** The last acknowledged fact of an epoch; -1: none. */
  async acked(epoch: string): Promise<number> {
    const known = this.#acked.get(epoch)
    if (known !== undefined) return known
    const seq = await readAcked(join(this.#outbox, epoch))
    this.#acked.set(epoch, seq)
    return seq
  }

  /** The controller has stored everything up to there. */
  acknowledge(epoch: string, seq: number): void {
    this.#acked.set(epoch, seq)
    this.#note.writeLater(join(this.#outbox, epoch), seq)
  }

  /** The controller knows less than it did. */
  wind(epoch: string, seq: number): void {
    this.#acked.set(epoch, seq)
  }

  /** Facts of this epoch were read up to there. */
  read(epoch: string, lastSeq: number): void {
    this.#known.set(epoch, Math.max(lastSeq, this.#known.get(epoch) ?? -1))
  }

  /** The last fact of an epoch that others write, read from disk only when what is known does not already reach `atLeast`. */
  async lastSeq(epoch: string, atLeast: number): Promise<number> {
    const known = this.#known.get(epoch) ?? -1
    if (known >= atLeast) return known
    const reader = new EpochReader({ epoch, folder: join(this.#outbox, epoch), after: -1, onBroken: this.#onBroken })
    while ((await reader.read({ facts: 1000, bytes: 1024 * 1024 })).length > 0);
    this.#known.set(epoch, reader.lastSeq)
    return reader.lastSeq
  }

  forget(epoch: string): void {
    this.#known.delete(epoch)
  }

  /** Notes on disk what is not noted yet. */
  flush(): Promise<void> {
    return this.#note.now()
  }
}
