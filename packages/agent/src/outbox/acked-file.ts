import { join } from 'node:path'
import { readFile, rename, writeFile } from '../small-files/index.ts'

const NAME = 'acked'

/** The last fact of an epoch that was acknowledged, as its folder notes it; -1 when that is not known. */
export async function readAcked(folder: string): Promise<number> {
  const text = await readFile(join(folder, NAME), 'utf8').catch(() => '')
  return /^\d{1,15}\n$/.test(text) ? Number(text) : -1
}

/** So long afterwards, once for all that came meanwhile. */
const AFTER_MS = 250

/** Notes on disk what was acknowledged, a moment later: a repetition costs less than a file for each acknowledgement. */
export class AckedNote {
  readonly #due = new Map<string, number>()
  #timer: NodeJS.Timeout | null = null

  writeLater(folder: string, seq: number): void {
    this.#due.set(folder, seq)
    this.#timer ??= setTimeout(() => void this.now(), AFTER_MS).unref()
  }

  async now(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const due = [...this.#due]
    this.#due.clear()
    for (const [folder, seq] of due) await writeAcked(folder, seq)
  }
}

/** Losing this costs a repetition, which the controller ignores; so it is replaced whole, and not synced. */
async function writeAcked(folder: string, seq: number): Promise<void> {
  const temporary = join(folder, `.acked-${process.pid}`)
  await writeFile(temporary, `${seq}\n`, { mode: 0o600 })
    .then(() => rename(temporary, join(folder, NAME)))
    .catch(() => {})
}
