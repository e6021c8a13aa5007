import { createHash } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { syncFolder } from '../durable/index.ts'
import type { Files, Surveyed } from '../host/index.ts'
import { lstat, open, readFile } from '../small-files/index.ts'
import type { Replacement } from './replacement.ts'

/*
 * `restored.list` in the record folder of a failure that moved a folder aside: everything that a restore into place brought, as it was
 * before the copy got the name of the folder. The revert removes the copy only where it is still exactly that. One line
 * of JSON for each entry; the first line names the copy, the last one seals all bytes before it.
 */

const FILE = 'restored.list'
/** A copy with more is kept, because nobody could compare it in the time of a revert. */
export const MOST_ENTRIES = 200_000
const MOST_BYTES = 128 * 1024 * 1024
const CHUNK_CHARS = 1024 * 1024

const Head = z.strictObject({ format: z.literal(1), inode: z.string(), birthNs: z.string() })
const Tail = z.strictObject({ entries: z.int().min(1), sha256: z.string() })

/** What each entry was, by its path as latin1: a name need not be text. */
export type RestoredList = ReadonlyMap<string, string>

/** What must be the same. The time of the last change stands for all that has no place of its own, as access rules do. */
export function factsOf(entry: Surveyed): string {
  const { path, kind, mode, uid, gid, sizeBytes, target, sha256, ctimeNs } = entry
  // Programs make and remove files of their own in a folder that is only looked at; a rename changes the copy itself.
  const changed = kind === 'folder' || path.length === 0 ? null : ctimeNs
  return JSON.stringify([kind, mode, uid, gid, sizeBytes, target?.toString('latin1') ?? null, changed, sha256])
}

/** The same without the digest, for a look that reads no file. */
export function withoutDigest(facts: string): string {
  return JSON.stringify((JSON.parse(facts) as unknown[]).with(-1, null))
}

/**
 * Lists the copy, which nobody else can reach yet, and writes the list into the record folder; on disk when it returns.
 * Without a list the copy is kept at the end, so whatever fails here besides an abort is no failure of the restore.
 */
export async function writeRestoredList(
  files: Pick<Files, 'survey'>,
  copy: string,
  { recordFolder, made, signal }: { recordFolder: string; made: Omit<Replacement, 'format'>; signal: AbortSignal },
): Promise<void> {
  await forgetRestoredList(recordFolder)
  try {
    await write(files, copy, recordFolder, made, signal)
  } catch {
    await forgetRestoredList(recordFolder).catch(() => undefined)
    signal.throwIfAborted()
  }
}

async function write(
  files: Pick<Files, 'survey'>,
  copy: string,
  recordFolder: string,
  { inode, birthNs = '0' }: Omit<Replacement, 'format'>,
  signal: AbortSignal,
): Promise<void> {
  const lines = [JSON.stringify({ format: 1, inode, birthNs } satisfies z.infer<typeof Head>)]
  let bytes = 0
  await files.survey(copy, { digests: true, maxEntries: MOST_ENTRIES, signal }, (entry) => {
    const line = JSON.stringify([entry.path.toString('latin1'), factsOf(entry)])
    bytes += line.length
    if (bytes > MOST_BYTES) throw new Error('the list is too long')
    lines.push(line)
  })
  await store(join(recordFolder, FILE), lines)
  await syncFolder(recordFolder)
}

/** Everything but plain characters is escaped, so that a line is as many bytes as it has characters. */
function plain(line: string): string {
  return `${line.replaceAll(/[\u007f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}

async function store(path: string, lines: readonly string[]): Promise<void> {
  const hash = createHash('sha256')
  const handle = await open(`${path}.new`, 'w', 0o600)
  try {
    let chunk = ''
    const flush = async () => {
      hash.update(chunk)
      await handle.writeFile(chunk)
      chunk = ''
    }
    for (const line of lines) {
      chunk += plain(line)
      if (chunk.length > CHUNK_CHARS) await flush()
    }
    await flush()
    await handle.writeFile(`${JSON.stringify({ entries: lines.length - 1, sha256: hash.digest('hex') })}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
}

/** The list of this very copy; null where there is none, or a single byte of it is not as it was written. */
export async function readRestoredList(
  recordFolder: string,
  copy: Pick<Replacement, 'inode' | 'birthNs'>,
): Promise<RestoredList | null> {
  const path = join(recordFolder, FILE)
  try {
    if ((await lstat(path)).size > 7 * MOST_BYTES) return null
    const bytes = await readFile(path)
    const end = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1
    const tail = Tail.parse(JSON.parse(bytes.toString('latin1', end)))
    const sealed = bytes.subarray(0, end)
    if (createHash('sha256').update(sealed).digest('hex') !== tail.sha256) return null
    const [head = '', ...lines] = sealed.toString('latin1').trimEnd().split('\n')
    const { inode, birthNs } = Head.parse(JSON.parse(head))
    if (inode !== copy.inode || birthNs !== (copy.birthNs ?? '0') || lines.length !== tail.entries) return null
    return new Map(lines.map((line) => JSON.parse(line) as [string, string]))
  } catch {
    return null
  }
}

/** There is no copy any more that it could be the list of. */
async function forgetRestoredList(recordFolder: string): Promise<void> {
  await rm(join(recordFolder, FILE), { force: true })
  await rm(join(recordFolder, `${FILE}.new`), { force: true })
}
