import { join } from 'node:path'
import { readdir, readForeign } from '../../small-files/index.ts'
import { oneLine } from '../../text/index.ts'

/** More than any of these files has; the kernel answers larger ones (`/proc/cpuinfo`) in whole records of at most a page. */
const MOST_BYTES = 64 * 1024
/** More entries of a folder are not looked at. */
const MOST_NAMES = 512

/** What the kernel shows as files below `/proc`, `/sys` and `/run`. What cannot be read is null; nothing here throws. */
export interface SystemTree {
  /** The text of a file as it is. */
  text(path: string): Promise<string | null>
  /** One printable line of a file, at most so long; null for an empty one. */
  line(path: string, maxChars: number): Promise<string | null>
  /** A whole number from 0. */
  count(path: string): Promise<number | null>
  /** What lies in a folder, in the order of the alphabet. */
  names(path: string): Promise<readonly string[] | null>
}

/** The files of this machine, or those below another folder (tests). */
export function systemTree(root = '/'): SystemTree {
  const text = async (path: string) =>
    (await readForeign(join(root, path), MOST_BYTES).catch(() => null))?.toString('utf8') ?? null
  return {
    text,
    async line(path, maxChars) {
      // Texts of a device tree end with a NUL character.
      const found = oneLine((await text(path)) ?? '', maxChars)
      return found === '' ? null : found
    },
    count: async (path) => asCount(await text(path)),
    async names(path) {
      const found = await readdir(join(root, path)).catch(() => null)
      return found === null ? null : found.sort().slice(0, MOST_NAMES)
    },
  }
}

/** A whole number from 0 as text; null for everything else, such as the `-1` of a network interface without a link. */
export function asCount(text: string | null | undefined): number | null {
  const found = /^\s*(\d{1,15})\s*$/.exec(text ?? '')
  return found === null ? null : Number(found[1])
}
