import { type FileImage, readCopy, saveCopy } from '../../host/index.ts'
import type { SwappedFile } from './certificate-undo.ts'
import { blockOf, type Part, withBlock } from './pem.ts'

/** A text that stands in the place of a block: a line for people, which programs pass over, and the block. */
export function marked(recordId: string, part: Part, block: string): string {
  return `${markOf(recordId, part)}\n${block}`
}

function markOf(recordId: string, part: Part): string {
  const what = part === 'key' ? 'private key' : 'expired certificate'
  return `# chaos-lite ${recordId}: ${what} of a drill. The original is restored when the drill ends.`
}

/** Keeps what a file is to become in the record's private folder: what is made is made once. */
export async function saveMade(recordFolder: string, copy: string, bytes: Buffer): Promise<void> {
  await saveCopy(recordFolder, nameOf(copy), bytes)
}

/** @throws ChaosError `cannot-restore` where it is not what was kept */
export function readMade(recordFolder: string, { copy, afterDigest }: FileImage): Promise<Buffer> {
  return readCopy(recordFolder, nameOf(copy), afterDigest)
}

function nameOf(copy: string): string {
  return `${copy}.made`
}

/**
 * Takes only our blocks out of what somebody else made of a file: each gives way to the block that was there before. Null
 * where none of ours is in it, or where the record's own copies cannot be read any more.
 */
export async function withoutMade(
  recordFolder: string,
  recordId: string,
  { image, holds }: SwappedFile,
): Promise<(bytes: Buffer) => Buffer | null> {
  const copies = await Promise.all([
    readCopy(recordFolder, image.copy, image.beforeDigest),
    readMade(recordFolder, image),
  ]).catch(() => null)
  if (copies === null) return () => null
  const [before, made] = copies
  return (bytes) => {
    let text = bytes.toString('latin1')
    for (const part of holds) {
      const [theirs, ours] = [blockOf(before, part)?.text, blockOf(made, part)?.text]
      if (theirs === undefined || ours === undefined) continue
      const mark = `${markOf(recordId, part)}\n`
      text = text.replace(text.includes(`${mark}${ours}`) ? `${mark}${ours}` : ours, () => theirs)
    }
    const rest = Buffer.from(text, 'latin1')
    return rest.equals(bytes) ? null : rest
  }
}

/** The bytes with these texts in the place of the first block of each kind. */
export function withMade(before: Buffer, texts: Readonly<Partial<Record<Part, string>>>): Buffer {
  let bytes = before
  for (const part of ['certificate', 'key'] as const) {
    const [block, text] = [blockOf(bytes, part), texts[part]]
    if (block !== undefined && text !== undefined) bytes = withBlock(bytes, block, text)
  }
  return bytes
}
