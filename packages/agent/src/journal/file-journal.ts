import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ChaosError, sentenceOf, Ulid } from '@chaos-lite/shared'
import { codeOf, filesBelow, makeFolder, overwriteAt, syncFiles, syncFolder, writeNew } from '../durable/index.ts'
import { mkdir, readdir, readFile, removeFile, rename, stat } from '../small-files/index.ts'
import type { Journal, JournalListing, Stage, Unreadable, Untold } from './journal.ts'
import { newProgress, nextMark } from './progress.ts'
import { HEAD, PROGRESS, progressIn, RESERVE, readRecord, SealedHead, UNDO_TEXT } from './read-record.ts'
import type { JournalRecord, RecordHead, RecordState } from './record.ts'
import { seal, sha256 } from './sealed.ts'

/** A stage that never became a record carries this behind its id. */
const STAGE_SUFFIX = '.new'
/** A finished record whose end was reported carries this behind its id: a format on disk, of which no letter changes. */
const REPORTED_SUFFIX = '.told'
/** Finished records kept for people who want to look something up. */
const ARCHIVE_KEEP = 20
const RESERVE_MIN_BYTES = 64 * 1024
const RESERVE_MAX_BYTES = 16 * 1024 * 1024

function noRoom(thrown: unknown, folder: string): ChaosError {
  return new ChaosError(
    'journal-full',
    `The undo record could not be written to ${folder}: ${sentenceOf(thrown)}. Nothing was touched. ` +
      'Free some space or repair the file system, then try again.',
    { cause: thrown },
  )
}

/** Room that a revert can be given when the disk is full: at least as much as everything that was saved. */
async function reserveFor(folder: string, files: readonly string[], headBytes: number): Promise<Buffer> {
  let saved = headBytes
  for (const file of files) saved += (await stat(join(folder, file))).size
  return Buffer.alloc(Math.min(RESERVE_MIN_BYTES + saved, RESERVE_MAX_BYTES))
}

async function writeStage(folder: string, head: RecordHead, undoText: string): Promise<void> {
  const files = await filesBelow(folder)
  const images: { name: string; sha256: string }[] = []
  for (const name of files) images.push({ name, sha256: sha256(await readFile(join(folder, name))) })
  const sealed = Buffer.from(seal(SealedHead.parse({ head, files: images })))
  const reserve = await reserveFor(folder, files, sealed.length)
  await Promise.all([
    syncFiles(folder, files),
    writeNew(join(folder, HEAD), sealed),
    writeNew(join(folder, PROGRESS), newProgress(head.recordId, head.preparedWallMs)),
    writeNew(join(folder, UNDO_TEXT), Buffer.from(undoText)),
    writeNew(join(folder, RESERVE), reserve),
  ])
  await syncFolder(folder)
}

class FolderStage implements Stage {
  readonly folder: string
  readonly #journal: string
  readonly #recordId: string

  constructor(journal: string, recordId: string) {
    this.#journal = journal
    this.#recordId = recordId
    this.folder = join(journal, recordId + STAGE_SUFFIX)
  }

  async commit(head: RecordHead, undoText: string): Promise<JournalRecord> {
    const final = join(this.#journal, this.#recordId)
    try {
      await writeStage(this.folder, head, undoText)
      // The rename is the instant from which the record counts: before it, nothing can have been touched.
      await rename(this.folder, final)
      await syncFolder(this.#journal)
    } catch (thrown) {
      // By its old name it is no record any more, however much of it can be removed now.
      await rename(final, this.folder).catch(() => undefined)
      await this.discard().catch(() => undefined)
      throw noRoom(thrown, this.#journal)
    }
    return { head, state: 'armed', folder: final, stuckReason: null }
  }

  async discard(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

class FileJournal implements Journal {
  readonly folder: string
  readonly #done: string
  readonly #wallMs: () => number

  constructor(folder: string, wallMs: () => number) {
    this.folder = folder
    this.#done = `${folder}-done`
    this.#wallMs = wallMs
  }

  async stage(recordId: string): Promise<Stage> {
    const stage = new FolderStage(this.folder, recordId)
    try {
      await makeFolder(this.folder)
      await mkdir(stage.folder, { mode: 0o700 })
    } catch (thrown) {
      throw noRoom(thrown, this.folder)
    }
    return stage
  }

  async list(): Promise<JournalListing> {
    const records: JournalRecord[] = []
    const unreadable: Unreadable[] = []
    for (const name of await this.#names(unreadable)) {
      const path = join(this.folder, name)
      if (isStage(name)) continue
      try {
        if (!Ulid.safeParse(name).success) throw new Error(`${path} is no undo record: move it away`)
        const record = await readRecord(path)
        if (record.state !== 'reverted') records.push(record)
      } catch (thrown) {
        if (await isGone(path)) continue
        unreadable.push({ path, reason: sentenceOf(thrown) })
      }
    }
    records.sort((a, b) => (a.head.recordId < b.head.recordId ? 1 : -1))
    return { records, unreadable }
  }

  async #names(unreadable: Unreadable[]): Promise<string[]> {
    try {
      return (await readdir(this.folder)).sort()
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT') return []
      unreadable.push({ path: this.folder, reason: `The journal cannot be listed: ${sentenceOf(thrown)}` })
      return []
    }
  }

  async read(recordId: string): Promise<JournalRecord | null> {
    const path = join(this.folder, recordId)
    if (await isGone(path)) return null
    try {
      return await readRecord(path)
    } catch (thrown) {
      if (await isGone(path)) return null
      throw thrown
    }
  }

  async mark(recordId: string, state: RecordState, note?: string): Promise<void> {
    const folder = join(this.folder, recordId)
    const progress = await progressIn(folder)
    if (progress.state === state && progress.note === (note ?? null)) return
    const mark = nextMark(progress, { recordId, state, note: note ?? null, wallMs: this.#wallMs() })
    if (mark !== null) await overwriteAt(join(folder, PROGRESS), mark.bytes, mark.position)
  }

  async releaseReserve(recordId: string): Promise<void> {
    await removeFile(join(this.folder, recordId, RESERVE))
  }

  async close(recordId: string): Promise<void> {
    const path = join(this.folder, recordId)
    try {
      await removeFile(join(path, RESERVE)).catch(() => undefined)
      await makeFolder(this.#done)
      await rename(path, join(this.#done, recordId))
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT') await this.#remove(path)
    }
    await syncFolder(this.folder)
    await this.#prune()
  }

  /** At once: half of a record would be one that nobody can read. What is left by its other name is swept later. */
  async #remove(path: string): Promise<void> {
    const gone = path + STAGE_SUFFIX
    const isAside = await rename(path, gone).then(
      () => true,
      () => false,
    )
    if (isAside) await rm(gone, { recursive: true, force: true }).catch(() => undefined)
    else await rm(path, { recursive: true, force: true })
  }

  async unreported(): Promise<readonly Untold[]> {
    const found: Untold[] = []
    for (const name of (await readdir(this.#done).catch(() => [])).sort()) {
      if (!Ulid.safeParse(name).success) continue
      const path = join(this.#done, name)
      try {
        const [{ head }, { state, note }] = await Promise.all([readRecord(path), progressIn(path)])
        // Versions that did not keep how it ended reported it at once.
        if (state !== 'reverted' || note !== null) found.push({ head, note })
      } catch {
        // A damaged archive keeps nobody from being rolled back.
      }
    }
    return found
  }

  async ended(recordId: string): Promise<string | null> {
    const path = join(this.#done, recordId)
    for (const folder of [path, path + REPORTED_SUFFIX]) {
      const { state, note } = await progressIn(folder, recordId).catch(() => ({ state: null, note: null }))
      if (state === 'reverted') return note
    }
    return null
  }

  async markReported(recordId: string): Promise<void> {
    const path = join(this.#done, recordId)
    await rename(path, path + REPORTED_SUFFIX).catch(() => undefined)
  }

  /** The archive is a convenience: what cannot be pruned now is pruned later. */
  async #prune(): Promise<void> {
    const names = await readdir(this.#done).catch(() => [])
    for (const name of names.sort().slice(0, -ARCHIVE_KEEP)) {
      await rm(join(this.#done, name), { recursive: true, force: true }).catch(() => undefined)
    }
  }

  async sweep(): Promise<void> {
    const failed: unknown[] = []
    // What cannot be cleared away keeps nothing else from it.
    for (const name of await this.#names([])) await this.#sweepOne(name).catch((thrown) => failed.push(thrown))
    if (failed.length > 0) throw failed[0]
  }

  async #sweepOne(name: string): Promise<void> {
    const path = join(this.folder, name)
    if (isStage(name)) await rm(path, { recursive: true, force: true })
    else if (Ulid.safeParse(name).success && (await progressIn(path)).state === 'reverted') await this.close(name)
  }
}

function isStage(name: string): boolean {
  return name.endsWith(STAGE_SUFFIX) && Ulid.safeParse(name.slice(0, -STAGE_SUFFIX.length)).success
}

async function isGone(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (thrown) => codeOf(thrown) === 'ENOENT',
  )
}

/** The journal in `folder` (made at the first record); finished records go to a folder beside it. */
export function openJournal(folder: string, wallMs: () => number = Date.now): Journal {
  return new FileJournal(folder, wallMs)
}
