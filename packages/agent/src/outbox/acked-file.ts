import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const NAME = 'acked'

/** The last fact of an epoch that was acknowledged, as its folder notes it; -1 when that is not known. */
export async function readAcked(folder: string): Promise<number> {
  const text = await readFile(join(folder, NAME), 'utf8').catch(() => '')
  return /^\d{1,15}\n$/.test(text) ? Number(text) : -1
}

/** Losing this costs a repetition, which the controller ignores; so it is replaced whole, and not synced. */
export async function writeAcked(folder: string, seq: number): Promise<void> {
  const temporary = join(folder, `.acked-${process.pid}`)
  await writeFile(temporary, `${seq}\n`, { mode: 0o600 })
    .then(() => rename(temporary, join(folder, NAME)))
    .catch(() => {})
}
