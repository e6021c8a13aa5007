import { join } from 'node:path'
import { type AgentEvent, type AgentFact, ChaosError, isEssential, sentenceOf } from '@chaos-lite/shared'
import { syncFolder } from '../durable/index.ts'
import { type OpenFile, open, removeFile, rename } from '../small-files/index.ts'
import { allocate, NEXT, SEGMENT_BYTES, segmentName, segmentsOf } from './epoch-folder.ts'
import type { PendingFact } from './epoch-reader.ts'
import { digestOf, writeLine } from './fact-line.ts'
import type { KeptFacts } from './kept.ts'

interface Waiting {
  readonly at: AgentFact['at']
  readonly event: AgentEvent
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** A segment of this epoch that lies on disk, and the last fact in it. */
interface Segment {
  readonly index: number
  readonly path: string
  lastSeq: number
}

/** So much of what was written last is kept in memory, too: mostly it is sent at once, and the disk not asked. */
const RECENT_FACTS = 64
const RECENT_BYTES = 64 * 1024

/** No epoch keeps more than this many segments (64 MiB) of ordinary facts that nobody acknowledged. */
const MAX_SEGMENTS = 256

/** Whatever is waiting when the disk is free again is written and synced together: a group commit. */
export class EpochWriter {
  readonly epoch: string
  /** The last fact that is on disk for certain; -1: none. */
  durableSeq = -1
  #folder: string
  #handle: OpenFile
  #segments: Segment[]
  #offset = 0
  /** Bytes beyond `offset` that a failed write may have left; they are overwritten with zeros. */
  #dirtyEnd = 0
  #prev: string | null = null
  #hasNext = true
  #queue: Waiting[] = []
  #recent: PendingFact[] = []
  #flushing: Promise<void> | null = null
  #closed = false
  readonly #kept: KeptFacts

  private constructor(epoch: string, folder: string, kept: KeptFacts, handle: OpenFile, path: string) {
    this.epoch = epoch
    this.#folder = folder
    this.#kept = kept
    this.#handle = handle
    this.#segments = [{ index: 1, path, lastSeq: -1 }]
  }

  /** Begins writing into a fresh epoch folder (see `takeEpoch`). */
  static async open(epoch: string, folder: string, kept: KeptFacts): Promise<EpochWriter> {
    const path = join(folder, segmentName(1))
    return new EpochWriter(epoch, folder, kept, await open(path, 'r+'), path)
  }

  /** No fact can be written any more. */
  get closed(): boolean {
    return this.#closed
  }

  /** Resolves when the fact is on disk. */
  append(at: AgentFact['at'], event: AgentEvent): Promise<void> {
    if (this.#closed)
      return Promise.reject(new ChaosError('wrong-state', 'The outbox is closed; the fact was not written.'))
    return new Promise((resolve, reject) => {
      this.#queue.push({ at, event, resolve, reject })
      this.#flushing ??= this.#flush()
    })
  }

  /** Facts on disk from `seq` on, as far as they are in memory; null where the first of them is not. */
  recent(seq: number): readonly PendingFact[] | null {
    const at = seq - (this.#recent[0]?.seq ?? Number.POSITIVE_INFINITY)
    return at >= 0 ? this.#recent.slice(at) : null
  }

  /** Takes segments out of the outbox whose facts are all acknowledged; the one in use stays. */
  async release(ackedSeq: number): Promise<void> {
    for (;;) {
      const [first, second] = this.#segments
      if (!first || !second || first.lastSeq > ackedSeq) return
      // It stays on the list until it is gone: whoever asks again tries again.
      await this.#kept.takeSegment(this.epoch, first.path)
      if (this.#segments[0] === first) this.#segments.shift()
      await this.#kept.prune()
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#flushing
    await this.#handle.truncate(this.#offset).catch(() => {})
    await this.#handle.close()
    await removeFile(join(this.#folder, NEXT))
  }

  async #flush(): Promise<void> {
    // Let everything that is reported in this turn of the event loop join the group.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      if (!this.#hasNext) await this.#allocateNext()
      const group = this.#admit()
      if (group.length > 0) await this.#write(group)
    }
    // Here and not a moment later: a fact that joined the queue in between would wait for ever.
    this.#flushing = null
  }

  /** Takes the waiting facts, refusing ordinary ones when only the room set aside is left. */
  #admit(): Waiting[] {
    const full = !this.#hasNext || this.#segments.length >= MAX_SEGMENTS
    const waiting = this.#queue
    this.#queue = []
    if (!full) return waiting
    return waiting.filter((one) => {
      if (isEssential(one.event)) return true
      one.reject(
        new ChaosError(
          'storage-full',
          `There is no room for the record of what happens on this host (${this.#folder}). Nothing new is started until there is; free some space.`,
        ),
      )
      return false
    })
  }

  /** Writes as many of the group as fit into the segment; the rest goes back to the head of the queue. */
  async #write(group: Waiting[]): Promise<void> {
    const done: Waiting[] = []
    const parts: Buffer[] = []
    let size = 0
    let seq = this.durableSeq
    let prev = this.#prev
    for (const [index, one] of group.entries()) {
      let bytes: Buffer
      try {
        bytes = Buffer.from(`${writeLine({ epoch: this.epoch, seq: seq + 1, prev }, one.at, one.event)}\n`)
      } catch (error) {
        one.reject(error)
        continue
      }
      if (this.#offset + size + bytes.length > SEGMENT_BYTES) {
        this.#queue.unshift(...group.slice(index))
        if (done.length === 0 && !(await this.#switch())) this.#queue.shift()?.reject(this.#noRoom())
        break
      }
      seq += 1
      prev = digestOf(bytes.subarray(0, -1))
      size += bytes.length
      parts.push(bytes)
      done.push(one)
    }
    if (done.length > 0) await this.#commit(done, Buffer.concat(parts), seq, prev)
  }

  async #commit(done: Waiting[], bytes: Buffer, seq: number, prev: string | null): Promise<void> {
    const end = this.#offset + bytes.length
    const padding = Buffer.alloc(Math.max(0, this.#dirtyEnd - end))
    try {
      const whole = padding.length > 0 ? Buffer.concat([bytes, padding]) : bytes
      const { bytesWritten } = await this.#handle.write(whole, 0, whole.length, this.#offset)
      if (bytesWritten !== whole.length) throw new Error(`only ${bytesWritten} of ${whole.length} bytes were written`)
      await this.#handle.datasync()
    } catch (cause) {
      this.#dirtyEnd = Math.max(this.#dirtyEnd, end)
      const error = new ChaosError(
        'storage-full',
        `A fact could not be written to ${this.#folder}: ${sentenceOf(cause)}`,
        { cause },
      )
      for (const one of done) one.reject(error)
      return
    }
    this.#offset = end
    this.#prev = prev
    this.durableSeq = seq
    this.#remember(bytes, seq - done.length + 1)
    const current = this.#segments.at(-1)
    if (current) current.lastSeq = seq
    for (const one of done) one.resolve()
  }

  #remember(bytes: Buffer, first: number): void {
    const lines = bytes.toString('utf8').split('\n').slice(0, -1)
    this.#recent.push(...lines.map((line, index) => ({ epoch: this.epoch, seq: first + index, line })))
    let size = this.#recent.reduce((sum, { line }) => sum + line.length, 0)
    while (this.#recent.length > RECENT_FACTS || size > RECENT_BYTES) size -= this.#recent.shift()?.line.length ?? size
  }

  /** Goes on in the room set aside. False when there is none. */
  async #switch(): Promise<boolean> {
    const index = (this.#segments.at(-1)?.index ?? 0) + 1
    const path = join(this.#folder, segmentName(index))
    if (!this.#hasNext) return false
    try {
      if (this.#dirtyEnd > this.#offset) await this.#wipe()
      await rename(join(this.#folder, NEXT), path)
      await syncFolder(this.#folder)
      const handle = await open(path, 'r+')
      await this.#handle.close()
      this.#handle = handle
    } catch {
      return false
    }
    this.#segments.push({ index, path, lastSeq: this.durableSeq })
    this.#offset = 0
    this.#dirtyEnd = 0
    this.#hasNext = false
    await this.#allocateNext()
    return true
  }

  /** Facts whose write failed were refused: they must not be read later as if they had been kept. */
  async #wipe(): Promise<void> {
    const zeros = Buffer.alloc(this.#dirtyEnd - this.#offset)
    await this.#handle.write(zeros, 0, zeros.length, this.#offset)
    await this.#handle.datasync()
    this.#dirtyEnd = this.#offset
  }

  async #allocateNext(): Promise<void> {
    try {
      await allocate(join(this.#folder, NEXT))
      await syncFolder(this.#folder)
      this.#hasNext = true
    } catch (error) {
      if (await this.#kept.makeRoomAfter(error)) return this.#allocateNext()
      // Ordinary facts are refused until it succeeds; what is essential still fits into the present segment.
    }
  }

  #noRoom(): ChaosError {
    return new ChaosError('storage-full', `The room set aside for facts is used up (${this.#folder}); free some space.`)
  }

  /** Segments now on disk, for tests and for `doctor`. */
  segments(): ReturnType<typeof segmentsOf> {
    return segmentsOf(this.#folder)
  }
}
