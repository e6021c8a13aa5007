import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type AgentEvent, ChaosError, type Cursor, NOTHING_KNOWN } from '@chaos-lite/shared'
import { stat } from '../small-files/index.ts'
import { clearUnfinished, epochsOf, isOver, keepReserve, takeEpoch, trim } from './epoch-folder.ts'
import { type BrokenLine, EpochReader, type PendingFact } from './epoch-reader.ts'
import { EpochWriter } from './epoch-writer.ts'
import { instantOf } from './fact-line.ts'
import { KeptFacts } from './kept.ts'
import { Ledger } from './ledger.ts'
import { makeValid } from './make-valid.ts'
import { Offer } from './offer.ts'
import { FalseAcknowledgement, type Outbox, type OutboxOptions, type OutboxReader, type Resumed } from './port.ts'

/** Facts of other processes (the failsafe's revert) are looked for so often. */
const OTHERS_EVERY_MS = 500

/** A controller that claims too much again and again would fill the disk with epochs. */
const RENEW_EVERY_MS = 60_000

/** Opens the outbox. Nothing is written before the first report. */
export function createOutbox(options: OutboxOptions): Outbox {
  return new DiskOutbox(options)
}

class DiskOutbox implements Outbox {
  #epoch: string
  readonly #options: OutboxOptions
  readonly #broken = new Map<string, BrokenLine>()
  readonly #listeners = new Set<(event: AgentEvent) => void>()
  /** Epochs of this very process that a later one has followed: nobody writes to them any more. */
  readonly #former = new Set<string>()
  #writer: Promise<EpochWriter> | null = null
  #reserving: Promise<void> = Promise.resolve()
  #renewedMs = Number.NEGATIVE_INFINITY
  #closed = false
  tellsMeanings = false
  readonly #ledger: Ledger
  readonly #kept: KeptFacts
  readonly #offer: Offer

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#kept = new KeptFacts(options.folder, () => options.clock.wallMs(), options.kept)
    const onBroken = (line: BrokenLine) => this.#onBroken(line)
    this.#offer = new Offer(this.#kept, onBroken)
    this.#ledger = new Ledger(options.folder, onBroken)
    this.#epoch = options.epoch ?? randomBytes(16).toString('hex')
  }

  get epoch(): string {
    return this.#epoch
  }

  async report(event: AgentEvent): Promise<void> {
    const at = instantOf(this.#options.clock)
    const sound = makeValid(event, this.tellsMeanings)
    let writer = await this.#open()
    while (writer.closed && !this.#closed) writer = await this.#open()
    await writer.append(at, sound)
    for (const listener of this.#listeners) listener(sound)
  }

  async reader(): Promise<OutboxReader> {
    const readers = new Map<string, EpochReader>()
    await this.#sweep()
    let othersAtMs = Number.NEGATIVE_INFINITY
    const offered = await this.#offer.reader()
    return {
      read: async (limits) => {
        // What happened first is reported first.
        const before = await offered(limits)
        if (before.length > 0) return before
        const own = await this.#readOne(readers, this.epoch, limits)
        if (own.length > 0) return own
        const nowMs = this.#options.clock.monoMs()
        if (nowMs < othersAtMs) return []
        for (const { epoch } of await epochsOf(this.#options.folder)) {
          const found = epoch === this.epoch ? [] : await this.#readOne(readers, epoch, limits)
          if (found.length > 0) return found
        }
        othersAtMs = nowMs + OTHERS_EVERY_MS
        return []
      },
    }
  }

  async resume(cursor: Cursor | null): Promise<Resumed> {
    const nothing = cursor?.epoch === NOTHING_KNOWN.epoch
    if (cursor !== null && !nothing && cursor.epoch !== this.epoch) {
      await this.acknowledge(cursor)
      return 'goes on'
    }
    const seq = nothing ? -1 : (cursor?.seq ?? -1)
    if (seq > (await this.#lastSeq(this.epoch, seq))) {
      await this.#renew({ epoch: this.epoch, seq })
      return 'new epoch'
    }
    if (nothing || seq < (await this.#ledger.acked(this.epoch))) {
      await this.#sendAgain(seq)
      return 'sends again'
    }
    if (cursor !== null) await this.acknowledge(cursor)
    return 'goes on'
  }

  async acknowledge({ epoch, seq }: Cursor): Promise<void> {
    await this.#offer.acknowledged({ epoch, seq })
    const folder = join(this.#options.folder, epoch)
    if (epoch !== this.epoch && (await stat(folder).catch(() => null)) === null) return
    if (seq > (await this.#lastSeq(epoch, seq))) throw new FalseAcknowledgement({ epoch, seq })
    const ackedSeq = await this.#ledger.acked(epoch)
    if (seq < ackedSeq) return
    if (seq > ackedSeq) this.#ledger.acknowledge(epoch, seq)
    if (epoch === this.epoch) await (await this.#writer)?.release(seq)
    else await this.#removeWhenDone(epoch)
  }

  onReported(listener: (event: AgentEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  broken(): readonly BrokenLine[] {
    return [...this.#broken.values()]
  }

  async close(): Promise<void> {
    this.#closed = true
    const writer = await this.#writer?.catch(() => null)
    await this.#reserving
    await this.#ledger.flush()
    await writer?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** The controller knows this epoch up to `seq` only, and of others we cannot say: it is offered all there is. */
  async #sendAgain(seq: number): Promise<void> {
    await this.#kept.owe().catch(() => undefined)
    for (const { epoch } of await epochsOf(this.#options.folder)) this.#ledger.wind(epoch, -1)
    this.#ledger.wind(this.epoch, seq)
    await this.#offer.begin(this.epoch)
  }

  /** What the old epoch still has to report is sent like that of an earlier process. */
  async #renew(claimed: Cursor): Promise<void> {
    const nowMs = this.#options.clock.monoMs()
    if (nowMs - this.#renewedMs < RENEW_EVERY_MS) throw new FalseAcknowledgement(claimed)
    this.#renewedMs = nowMs
    const [before, epoch] = [this.#writer, this.#epoch]
    this.#writer = null
    this.#epoch = randomBytes(16).toString('hex')
    await (await before?.catch(() => null))?.close()
    this.#former.add(epoch)
    await this.#removeWhenDone(epoch)
  }

  #open(): Promise<EpochWriter> {
    if (this.#closed) throw new ChaosError('wrong-state', 'The outbox is closed; the fact was not written.')
    this.#writer ??= this.#begin()
    return this.#writer
  }

  async #begin(): Promise<EpochWriter> {
    const { folder, clock } = this.#options
    try {
      const owner = { pid: process.pid, bootId: clock.bootId, startedWallMs: Math.round(clock.wallMs()) }
      const own = await this.#kept.withRoom(() => takeEpoch(folder, this.epoch, owner))
      // Room for the next process; when there is none, that one will say so.
      this.#reserving = keepReserve(folder).catch(() => {})
      return await EpochWriter.open(this.epoch, own, this.#kept)
    } catch (cause) {
      this.#writer = null
      throw new ChaosError(
        'storage-full',
        `No room for the record of what happens on this host could be made in ${folder}.`,
        { cause },
      )
    }
  }

  async #readOne(
    readers: Map<string, EpochReader>,
    epoch: string,
    limits: { facts: number; bytes: number },
  ): Promise<readonly PendingFact[]> {
    const own = epoch === this.epoch ? await this.#writer?.catch(() => null) : undefined
    if (epoch === this.epoch && !own) return []
    let reader = readers.get(epoch)
    if (!reader) {
      const entry = (await epochsOf(this.#options.folder)).find((one) => one.epoch === epoch)
      reader = new EpochReader({
        epoch,
        folder: join(this.#options.folder, epoch),
        after: await this.#ledger.acked(epoch),
        living: entry !== undefined && !isOver(entry.owner, this.#options.clock.bootId),
        onBroken: (line) => this.#onBroken(line),
        ...(this.#offer.underWay ? { keptFolder: this.#kept.folderOf(epoch) } : {}),
      })
      readers.set(epoch, reader)
    }
    const recent = own?.recent(reader.lastSeq + 1)
    if (recent && recent.length > 0) return reader.take(recent, limits)
    const found = await reader.read(own ? { ...limits, upTo: own.durableSeq } : limits)
    this.#ledger.read(epoch, reader.lastSeq)
    return found
  }

  async #lastSeq(epoch: string, atLeast: number): Promise<number> {
    if (epoch === this.epoch) return (await this.#writer)?.durableSeq ?? -1
    return this.#ledger.lastSeq(epoch, atLeast)
  }

  /** Removes an epoch that nobody writes to and that is acknowledged to its end. Asked in this order. */
  async #removeWhenDone(epoch: string): Promise<void> {
    const entry = (await epochsOf(this.#options.folder)).find((one) => one.epoch === epoch)
    if (!entry || !(this.#former.has(epoch) || isOver(entry.owner, this.#options.clock.bootId))) return
    if ((await this.#lastSeq(epoch, Number.POSITIVE_INFINITY)) > (await this.#ledger.acked(epoch))) return
    // What follows a broken line was never sent: it stays for people.
    if (this.broken().some((line) => line.epoch === epoch && line.bytes !== null)) return
    await this.#kept.takeEpoch(epoch, entry.folder)
    await this.#kept.prune()
    this.#ledger.forget(epoch)
    this.#former.delete(epoch)
  }

  /** What earlier processes left: unused room is given back, finished epochs go. Facts are sent whether this succeeds or not. */
  async #sweep(): Promise<void> {
    const { folder: outbox, clock } = this.#options
    await clearUnfinished(outbox).catch(() => undefined)
    await this.#kept.prune().catch(() => undefined)
    if (await this.#offer.isLeftBehind()) await this.#sendAgain(await this.#ledger.acked(this.epoch))
    for (const { epoch, folder, owner } of await epochsOf(outbox)) {
      if (epoch === this.epoch || !isOver(owner, clock.bootId)) continue
      await trim(folder)
        .then(() => this.#removeWhenDone(epoch))
        .catch(() => undefined)
    }
  }

  #onBroken(line: BrokenLine): void {
    const key = `${line.segment}:${line.offset}`
    if (this.#broken.has(key) || this.#broken.size >= 1000) return
    this.#broken.set(key, line)
    this.#options.onBroken?.(line)
  }
}
