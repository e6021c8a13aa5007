import type { Cursor } from '@chaos-lite/shared'
import { type BrokenLine, EpochReader, type PendingFact } from './epoch-reader.ts'
import type { KeptFacts } from './kept.ts'

type Read = (limits: { readonly facts: number; readonly bytes: number }) => Promise<readonly PendingFact[]>

/** Offers kept epochs to a controller that was restored, until it has acknowledged them. Each connection begins anew. */
export class Offer {
  readonly #kept: KeptFacts
  readonly #onBroken: (line: BrokenLine) => void
  /** What is still to be acknowledged: the last fact of each epoch, once it was read. */
  readonly #open = new Map<string, number>()
  /** What was acknowledged of epochs that were not read to their end yet. */
  readonly #early = new Map<string, number>()
  #underWay = false

  constructor(kept: KeptFacts, onBroken: (line: BrokenLine) => void) {
    this.#kept = kept
    this.#onBroken = onBroken
  }

  /** Was something owed to the controller since this process began? Then earlier segments of its own epoch are read as well. */
  get underWay(): boolean {
    return this.#underWay
  }

  /** An earlier process of this agent had not finished. */
  async isLeftBehind(): Promise<boolean> {
    return !this.#underWay && (await this.#kept.isOwed())
  }

  /** Offers every kept epoch but this one, whose acknowledged facts are read with the others. */
  async begin(own: string): Promise<void> {
    this.#underWay = true
    this.#open.clear()
    this.#early.clear()
    for (const epoch of await this.#kept.epochs()) {
      if (epoch !== own) this.#open.set(epoch, Number.POSITIVE_INFINITY)
    }
    await this.#settle()
  }

  /** Reads what is to be offered, epoch by epoch, each fact once. */
  async reader(): Promise<Read> {
    const readers = [...this.#open.keys()].map((epoch) => ({
      epoch,
      reader: new EpochReader({ epoch, folder: this.#kept.folderOf(epoch), after: -1, onBroken: this.#onBroken }),
    }))
    return async (limits) => {
      for (let next = readers[0]; next; next = readers[0]) {
        const found = await next.reader.read(limits)
        if (found.length > 0) return found
        readers.shift()
        await this.#readToEnd(next.epoch, next.reader.lastSeq)
      }
      return []
    }
  }

  /** The controller has stored everything up to there. */
  async acknowledged({ epoch, seq }: Cursor): Promise<void> {
    const last = this.#open.get(epoch)
    if (last === undefined) return
    if (seq >= last) this.#open.delete(epoch)
    else if (last === Number.POSITIVE_INFINITY) this.#early.set(epoch, seq)
    await this.#settle()
  }

  /** From now on it is known which acknowledgement of this epoch is the last one. */
  async #readToEnd(epoch: string, lastSeq: number): Promise<void> {
    if (!this.#open.has(epoch)) return
    if ((this.#early.get(epoch) ?? -1) >= lastSeq) this.#open.delete(epoch)
    else this.#open.set(epoch, lastSeq)
    await this.#settle()
  }

  async #settle(): Promise<void> {
    if (this.#open.size === 0) await this.#kept.settled().catch(() => undefined)
  }
}
