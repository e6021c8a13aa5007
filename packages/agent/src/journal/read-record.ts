import { basename, join } from 'node:path'
import { ChaosError, issuesText, line, sentenceOf } from '@chaos-lite/shared'
import * as z from 'zod'
import { codeOf } from '../durable/index.ts'
import { open, readFile, stat } from '../small-files/index.ts'
import { PROGRESS_BYTES, type Progress, readProgress } from './progress.ts'
import { type JournalRecord, RecordHead } from './record.ts'
import { sha256, unseal } from './sealed.ts'

/** The file of a record that says what it is about. */
export const HEAD = 'head.json'
/** The file of a record that says how far it has come. Its lines stand in slots of a fixed size. */
export const PROGRESS = 'progress.jsonl'
/** The file of a record for people: what to type if the agent cannot roll it back. */
export const UNDO_TEXT = 'UNDO.txt'
/** A file that keeps room free on the disk, and is emptied when that room is needed. */
export const RESERVE = 'reserve'

const HEAD_MAX_BYTES = 16 * 1024 * 1024

/** What `head.json` seals: the head, and the digest of every before-image that lies beside it. */
export const SealedHead = z.strictObject({
  head: RecordHead,
  files: z.array(z.strictObject({ name: line(512), sha256: z.string().regex(/^[0-9a-f]{64}$/) })).max(1000),
})

/** The progress of the record in `folder`, which is called by its id by default. A missing file reads as an empty one. */
export async function progressIn(folder: string, recordId: string = basename(folder)): Promise<Progress> {
  const path = join(folder, PROGRESS)
  try {
    const handle = await open(path, 'r')
    try {
      const room = Buffer.alloc(PROGRESS_BYTES + 1)
      const { bytesRead } = await handle.read(room, 0, room.length, 0)
      return readProgress(room.subarray(0, bytesRead), recordId)
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown
    return readProgress(Buffer.alloc(0), recordId)
  }
}

async function readHead(folder: string): Promise<RecordHead> {
  const path = join(folder, HEAD)
  const { size } = await stat(path)
  if (size > HEAD_MAX_BYTES) throw new Error(`${path} has ${size} bytes, more than ${HEAD_MAX_BYTES}`)
  const value = unseal(await readFile(path, 'utf8'))
  if (value === undefined) throw new Error(`${path} does not match its own digest`)
  const sealed = SealedHead.safeParse(value)
  if (!sealed.success) {
    throw new Error(`${path} has a form that this version does not know: ${issuesText(sealed.error, 'the record')}`)
  }
  if (sealed.data.head.recordId !== basename(folder)) throw new Error(`${path} belongs to another record`)
  for (const file of sealed.data.files) {
    if (sha256(await readFile(join(folder, file.name))) !== file.sha256) {
      throw new Error(`the saved original ${join(folder, file.name)} does not match its digest`)
    }
  }
  return sealed.data.head
}

/**
 * The record in `folder`, every byte that a revert relies on checked against its digest.
 * @throws ChaosError `journal-unreadable`
 */
export async function readRecord(folder: string): Promise<JournalRecord> {
  try {
    const head = await readHead(folder)
    const progress = await progressIn(folder)
    return { head, state: progress.state, folder, stuckReason: progress.state === 'stuck' ? progress.note : null }
  } catch (thrown) {
    throw new ChaosError(
      'journal-unreadable',
      `The undo record in ${folder} cannot be read: ${sentenceOf(thrown)}. It is kept as it is and no failure is ` +
        `started on this host. ${join(folder, UNDO_TEXT)} says how to roll back by hand; move the folder away afterwards.`,
      { cause: thrown },
    )
  }
}
