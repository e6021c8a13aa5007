import { isUtf8 } from 'node:buffer'

/*
 * A name need not be text. Paths of a comparison hold one character for each byte (latin1), and become text only where
 * people read them or the owner's patterns are applied.
 */

/** The place of an entry on the disk. */
export function placeOf(root: string, path: string): Buffer {
  return path === '.' ? Buffer.from(root) : Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')])
}

/** As text; a name that is no UTF-8 is taken for latin1, as old clients wrote it. */
export function textOf(path: string): string {
  const bytes = Buffer.from(path, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : path
}

/** For a sentence: in quotes, with the bytes that are no text written out. */
export function quoted(path: string): string {
  const bytes = Buffer.from(path, 'latin1')
  if (isUtf8(bytes)) return JSON.stringify(bytes.toString('utf8'))
  const hex = (byte: string) => `\\x${byte.charCodeAt(0).toString(16)}`
  return JSON.stringify(path).replace(/[\x80-\xff]/g, hex)
}

/** The same for all spellings of one name: composed, decomposed, or in the bytes of old clients. */
export function spelling(path: string): string {
  return textOf(path).normalize('NFC')
}

/** The folder that an entry lies in, `.` for the outermost. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'
}

/** The last part of a path. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
