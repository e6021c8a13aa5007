import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AgentEvent, ChaosError, type Cursor } from '@chaos-lite/shared'
import type { HostClock } from '../host/host.ts'
import type { Reporter } from '../reporter.ts'
import { clearUnfinished, epochsOf, isOver, keepReserve, takeEpoch, trim } from './epoch-folder.ts'
import { type BrokenLine, EpochReader, type PendingFact } from './epoch-reader.ts'
import { EpochWriter } from './epoch-writer.ts'
import { instantOf } from './fact-line.ts'
import { mend } from './mend.ts'

export interface OutboxOptions {
  readonly folder: string
  readonly clock: HostClock
  /** Random at each start unless told. */
  readonly epoch?: string
  /** Called once for each line that is not as it was written. */
  readonly onBroken?: (line: BrokenLine) => void
}

/** Hands out facts that were not acknowledged, epoch by epoch, each fact once. */
export interface OutboxReader {
  /** The next facts, empty when there are none now. At least one is returned however small `bytes` is. */
  read(limits: { readonly facts: number; readonly bytes: number }): Promise<readonly PendingFact[]>
}

/**
 * The durable facts of this host. Each process writes its own epoch; the agent also sends, and after their
 * acknowledgement removes, those of all the others (the failsafe's revert, earlier starts). Facts are never dropped:
 * when there is no room `report` rejects with `storage-full`, and what would have caused the fact is refused. Facts
 * about what was already done have room set aside.
 */
export interface Outbox extends Reporter, AsyncDisposable {
  readonly epoch: string
  /** Begins at the acknowledged cursor of every epoch. */
  reader(): Promise<OutboxReader>
  /** Everything up to `seq` of that epoch is stored by the controller. @throws ChaosError beyond what was written */
  acknowledge(cursor: Cursor): Promise<void>
  /** Calls `listener` after a fact became durable; returns the way to stop that. */
  onReported(listener: (event: AgentEvent) => void): () => void
  /** Lines found broken so far. */
  broken(): readonly BrokenLine[]
  /** Ends the epoch: later reports reject. */
  close(): Promise<void>
}

/** Opens the outbox. Nothing is written before the first report. */
export function createOutbox(options: OutboxOptions): Outbox {
  return new DiskOutbox(options)
}

class DiskOutbox implements Outbox {
  readonly epoch: string
  readonly #options: OutboxOptions
  readonly #acked = new Map<string, number>()
  readonly #known = new Map<string, number>()
  readonly #broken = new Map<string, BrokenLine>()
  readonly #listeners = new Set<(event: AgentEvent) => void>()
  #writer: Promise<EpochWriter> | null = null
  #reserving: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: OutboxOptions) {
    this.#options = options
    this.epoch = options.epoch ?? randomBytes(16).toString('hex')
  }

  async report(event: AgentEvent): Promise<void> {
    const at = instantOf(this.#options.clock)
    const sound = mend(event)
    const writer = await this.#open()
    await writer.append(at, sound)
    for (const listener of this.#listeners) listener(sound)
  }

  async reader(): Promise<OutboxReader> {
    const readers = new Map<string, EpochReader>()
    await this.#sweep()
    return {
      read: async (limits) => {
        const own = await this.#readOne(readers, this.epoch, limits)
        if (own.length > 0) return own
        for (const { epoch } of await epochsOf(this.#options.folder)) {
          const found = epoch === this.epoch ? [] : await this.#readOne(readers, epoch, limits)
          if (found.length > 0) return found
        }
        return []
      },
    }
  }

  async acknowledge({ epoch, seq }: Cursor): Promise<void> {
    const folder = join(this.#options.folder, epoch)
    if (epoch !== this.epoch && !(await epochsOf(this.#options.folder)).some((one) => one.epoch === epoch)) return
    if (seq > (await this.#lastSeq(epoch, seq))) {
      throw new ChaosError(
        'internal',
        `Facts up to ${seq} were acknowledged in epoch ${epoch}, but not so many were written.`,
      )
    }
    if (seq <= (await this.#ackedSeq(epoch))) return
    this.#acked.set(epoch, seq)
    await writeAcked(folder, seq)
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
    await writer?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
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
      const own = await takeEpoch(folder, this.epoch, owner)
      // Room for the next process; when there is none, that one will say so.
      this.#reserving = keepReserve(folder).catch(() => {})
      return await EpochWriter.open(this.epoch, own)
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
        after: await this.#ackedSeq(epoch),
        living: entry !== undefined && !isOver(entry.owner, this.#options.clock.bootId),
        onBroken: (line) => this.#onBroken(line),
      })
      readers.set(epoch, reader)
    }
    const found = await reader.read(own ? { ...limits, upTo: own.durableSeq } : limits)
    this.#known.set(epoch, Math.max(reader.lastSeq, this.#known.get(epoch) ?? -1))
    return found
  }

  async #ackedSeq(epoch: string): Promise<number> {
    const known = this.#acked.get(epoch)
    if (known !== undefined) return known
    const text = await readFile(join(this.#options.folder, epoch, 'acked'), 'utf8').catch(() => '')
    const seq = /^\d{1,15}\n$/.test(text) ? Number(text) : -1
    this.#acked.set(epoch, seq)
    return seq
  }

  /** The last fact of an epoch, read from disk only when what is known does not already reach `atLeast`. */
  async #lastSeq(epoch: string, atLeast: number): Promise<number> {
    if (epoch === this.epoch) return (await this.#writer)?.durableSeq ?? -1
    const known = this.#known.get(epoch) ?? -1
    if (known >= atLeast) return known
    const reader = new EpochReader({
      epoch,
      folder: join(this.#options.folder, epoch),
      after: -1,
      onBroken: (line) => this.#onBroken(line),
    })
    while ((await reader.read({ facts: 1000, bytes: 1024 * 1024 })).length > 0);
    this.#known.set(epoch, reader.lastSeq)
    return reader.lastSeq
  }

  /** Removes an epoch that nobody writes to and that is acknowledged to its end. Asked in this order. */
  async #removeWhenDone(epoch: string): Promise<void> {
    const entry = (await epochsOf(this.#options.folder)).find((one) => one.epoch === epoch)
    if (!entry || !isOver(entry.owner, this.#options.clock.bootId)) return
    if ((await this.#lastSeq(epoch, Number.POSITIVE_INFINITY)) > (await this.#ackedSeq(epoch))) return
    // What follows a broken line was never sent: it stays for people.
    if (this.broken().some((line) => line.epoch === epoch && line.bytes !== null)) return
    await rm(entry.folder, { recursive: true, force: true })
    this.#known.delete(epoch)
  }

  /** What earlier processes left: unused room is given back, finished epochs go. */
  async #sweep(): Promise<void> {
    await clearUnfinished(this.#options.folder)
    for (const { epoch, folder, owner } of await epochsOf(this.#options.folder)) {
      if (epoch === this.epoch || !isOver(owner, this.#options.clock.bootId)) continue
      await trim(folder)
      await this.#removeWhenDone(epoch)
    }
  }

  #onBroken(line: BrokenLine): void {
    const key = `${line.segment}:${line.offset}`
    if (this.#broken.has(key) || this.#broken.size >= 1000) return
    this.#broken.set(key, line)
    this.#options.onBroken?.(line)
  }
}

/** Losing this costs a repetition, which the controller ignores; so it is replaced whole, and not synced. */
async function writeAcked(folder: string, seq: number): Promise<void> {
  const temporary = join(folder, `.acked-${process.pid}`)
  await writeFile(temporary, `${seq}\n`, { mode: 0o600 })
    .then(() => rename(temporary, join(folder, 'acked')))
    .catch(() => {})
}
