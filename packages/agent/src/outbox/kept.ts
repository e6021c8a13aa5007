import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../durable/index.ts'
import { readdir, removeFile, rename, stat, writeFile } from '../small-files/index.ts'
import { segmentsOf } from './epoch-folder.ts'

/** Inside the outbox, under a name that no epoch has. */
const FOLDER = 'kept'
/** There while the controller is owed what is kept: a restart of the agent must not end that. */
const OFFER = 'offer'

/** What is acknowledged is kept for so long, and not more than so much of it: whichever comes first. */
export const KEPT = { ageMs: 30 * 86_400_000, bytes: 64 * 1024 * 1024, epochs: 1_000 }

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])

interface Segment {
  readonly epoch: string
  readonly path: string
  readonly bytes: number
  readonly writtenMs: number
}

/**
 * Facts that the controller has acknowledged. Nothing depends on them, unless the controller is restored from a backup:
 * then it has lost what it acknowledged afterwards, and is offered all of this. Keeping them never takes room from facts
 * that wait to be sent: the outbox has its limits without these, and on a full disk they go first.
 */
export class KeptFacts {
  readonly #outbox: string
  readonly #limits: typeof KEPT
  readonly #nowMs: () => number

  constructor(outbox: string, nowMs: () => number, limits = KEPT) {
    this.#outbox = outbox
    this.#limits = limits
    this.#nowMs = nowMs
  }

  /** Where the acknowledged segments of an epoch lie. */
  folderOf(epoch: string): string {
    return join(this.#outbox, FOLDER, epoch)
  }

  /** Takes one segment of an epoch out of the outbox. Where it cannot be kept, it is removed. */
  async takeSegment(epoch: string, path: string): Promise<void> {
    const folder = this.folderOf(epoch)
    const kept = await makeFolder(folder)
      .then(() => rename(path, join(folder, path.slice(-'000001.jsonl'.length))))
      .then(() => true)
      .catch(() => false)
    if (!kept) await removeFile(path)
  }

  /** Takes a whole epoch out of the outbox. */
  async takeEpoch(epoch: string, folder: string): Promise<void> {
    for (const { path } of await segmentsOf(folder)) await this.takeSegment(epoch, path)
    await rm(folder, { recursive: true, force: true })
  }

  /** Kept epochs, that which was written to first coming first. */
  async epochs(): Promise<readonly string[]> {
    return [...new Set((await this.#segments()).map(({ epoch }) => epoch))]
  }

  /** Removes what is too old or too much. */
  async prune(): Promise<void> {
    const segments = await this.#segments()
    let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
    let epochs = new Set(segments.map(({ epoch }) => epoch)).size
    const since = this.#nowMs() - this.#limits.ageMs
    for (const segment of segments) {
      if (segment.writtenMs >= since && bytes <= this.#limits.bytes && epochs <= this.#limits.epochs) return
      bytes -= segment.bytes
      if (await this.#remove(segment)) epochs -= 1
    }
  }

  /** Gives the oldest segment's room back, where it was room that was missing. True: it may work now. */
  async makeRoomAfter(error: unknown): Promise<boolean> {
    if (!FULL.has((error as NodeJS.ErrnoException).code ?? '')) return false
    const [oldest] = await this.#segments().catch(() => [])
    if (oldest === undefined) return false
    return this.#remove(oldest).then(
      () => true,
      () => false,
    )
  }

  /** Does what needs room on the disk; what is kept gives its own for that, as far as needed. */
  async withRoom<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!(await this.makeRoomAfter(error))) throw error
      }
    }
  }

  /** From now on all of it is owed to the controller, until `settled`. */
  async owe(): Promise<void> {
    await makeFolder(join(this.#outbox, FOLDER))
    await writeFile(join(this.#outbox, FOLDER, OFFER), '', { mode: 0o600 })
  }

  /** Is it still owed, by this process or an earlier one? */
  async isOwed(): Promise<boolean> {
    return (await stat(join(this.#outbox, FOLDER, OFFER)).catch(() => null)) !== null
  }

  async settled(): Promise<void> {
    await removeFile(join(this.#outbox, FOLDER, OFFER))
  }

  /** True when the epoch has no segment any more. */
  async #remove({ epoch, path }: Segment): Promise<boolean> {
    await removeFile(path)
    if ((await segmentsOf(this.folderOf(epoch))).length > 0) return false
    await rm(this.folderOf(epoch), { recursive: true, force: true })
    return true
  }

  async #segments(): Promise<Segment[]> {
    const names = await readdir(join(this.#outbox, FOLDER)).catch(() => [] as string[])
    const found: Segment[] = []
    for (const epoch of names.filter((name) => /^[0-9a-f]{32}$/.test(name))) {
      for (const { path } of await segmentsOf(this.folderOf(epoch))) {
        const entry = await stat(path).catch(() => null)
        if (entry) found.push({ epoch, path, bytes: Number(entry.size), writtenMs: Number(entry.mtimeMs) })
      }
    }
    return found.sort((a, b) => a.writtenMs - b.writtenMs || a.path.localeCompare(b.path))
  }
}
