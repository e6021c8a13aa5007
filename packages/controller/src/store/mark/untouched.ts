import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'

/**
 * Runs `inspect` on a database file and leaves no trace when it refuses: SQLite makes a log and an index of the log even
 * for a reader. To be called by who has the folder for itself.
 */
export function untouched<T>(databaseFile: string, inspect: () => T): T {
  const before = [`${databaseFile}-shm`, `${databaseFile}-wal`].map((file) => ({ file, bytes: smallFile(file) }))
  try {
    return inspect()
  } catch (error) {
    for (const { file, bytes } of before) putBack(file, bytes)
    throw error
  }
}

/** The index as it was; of a log only whether it was there, because a reader never writes to it. */
function smallFile(file: string): Buffer | 'there' | null {
  try {
    return file.endsWith('-shm') ? readFileSync(file) : statSync(file) && 'there'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : 'there'
  }
}

function putBack(file: string, bytes: Buffer | 'there' | null): void {
  try {
    if (bytes === null) rmSync(file, { force: true })
    else if (bytes !== 'there' && !readFileSync(file).equals(bytes)) writeFileSync(file, bytes)
  } catch {
    // The refusal is what people must see.
  }
}
