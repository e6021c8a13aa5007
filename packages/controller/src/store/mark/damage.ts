import { ChaosError, utcText } from '@chaos-lite/shared'
import type { Found } from './counts.ts'
import type { Mark } from './mark.ts'

/** The way out that every kind of damage has. */
const RESTORE =
  'Restore a backup into another, empty folder ("chaos-lite-controller restore BACKUP --data FOLDER") and start from there.'

/** A refusal to start beside a store that is not whole. Nothing was changed. */
export function damage(what: string, wayOut: string = RESTORE, cause?: unknown): ChaosError {
  return new ChaosError('wrong-state', `${what} Nothing was changed. ${wayOut}`, { cause })
}

/** The database is gone. `sign` is the file that shows that there was one. */
export function missing(file: string, sign: string): ChaosError {
  return damage(
    `The database ${file} is missing, but this folder belongs to a controller: ${sign} is here. A new controller with another key would lock out every host.`,
    `Put the file back. ${RESTORE}`,
  )
}

/** A restore did not finish: neither the old nor the new state is complete. */
export function halfRestored(folder: string): ChaosError {
  return damage(
    `A restore into ${folder} was interrupted: .restoring is still there.`,
    'Empty that folder and run the restore again.',
  )
}

/** SQLite would take an empty file for a new database and begin anew. */
export function empty(file: string): ChaosError {
  return damage(
    `The database ${file} is empty (0 bytes): a full disk or an interrupted copy leaves it so.`,
    `${RESTORE} Only if this folder never held a controller, remove the file to begin a new one.`,
  )
}

/** The first 16 bytes are not those of SQLite's format (https://www.sqlite.org/fileformat.html, section 1.3.1). */
export function notADatabase(file: string, cause?: unknown): ChaosError {
  return damage(`The file ${file} is not a database, or its beginning was overwritten.`, RESTORE, cause)
}

/** The file is cut off. Sizes are in bytes; `expected` null: it ends within its header or within a page. */
export function truncated(file: string, bytes: number, expected: number | null): ChaosError {
  const of = expected === null ? 'which is no whole number of pages' : `of ${expected}`
  return damage(`The database ${file} is cut off: it has ${bytes} bytes, ${of}.`)
}

/** SQLite's own check found damage; `detail` is its first complaint. */
export function corrupt(file: string, detail: string, cause?: unknown): ChaosError {
  return damage(
    `The database ${file} is damaged (${detail.replaceAll(/\s+/g, ' ').slice(0, 200)}). A failing disk does that, and a copy that was made while the controller wrote.`,
    `If it is such a copy, use "chaos-lite-controller backup", which works beside a running controller. ${RESTORE}`,
    cause,
  )
}

/** A valid database without the tables of a controller, as when its write-ahead log was left behind. */
export function noTables(file: string): ChaosError {
  return damage(
    `The database ${file} holds no tables of a controller: they may have been in ${file}-wal, which belongs beside it, or it is the file of another program.`,
    `Put ${file}-wal back if it is elsewhere. ${RESTORE}`,
  )
}

/** The signing key is gone or unreadable; `why` says which. */
export function keyMissing(file: string, why: string): ChaosError {
  return damage(
    `The signing key of this controller ${why} (in ${file}). With another key no host would obey: each would have to be enrolled again.`,
  )
}

/** The id in the database is not the one in the mark beside it. */
export function otherStore(file: string, markFile: string): ChaosError {
  return damage(
    `The database ${file} belongs to another controller than ${markFile} beside it.`,
    'Restore the database that belongs here, or give the data folder of the other controller with --data.',
  )
}

/** The signing key does not fit the mark: somebody replaced it. */
export function otherKey(file: string, markFile: string): ChaosError {
  return damage(
    `The signing key in ${file} is not the one that ${markFile} names: it was exchanged. Every enrolled host would refuse this controller.`,
  )
}

/** The database holds less than its mark says. */
export function behind(file: string, found: Found, mark: Mark, hasLog: boolean): ChaosError {
  const lost = `${Math.max(0, mark.facts - found.facts)} facts and ${Math.max(0, mark.changes - found.changes)} other changes`
  const at = utcText(mark.writtenMs)
  if (!hasLog) {
    return damage(
      `The write-ahead log ${file}-wal is missing, or ${file} is an older copy: it lacks what was stored by ${at}: ${lost}.`,
      `Put ${file}-wal back beside the database. ${RESTORE}`,
    )
  }
  return damage(
    `The database ${file} is an older copy: it lacks what was stored by ${at}: ${lost}.`,
    `Put the newest database and its -wal file back. To go on from an older state on purpose, use a backup: ${RESTORE}`,
  )
}

/** The system refuses to read the file; `why` is what it says, such as EACCES. */
export function unreadable(file: string, why: string, cause: unknown): ChaosError {
  return damage(
    `The file ${file} cannot be read (${why}).`,
    'Make it readable for the user that runs the controller, and start again.',
    cause,
  )
}
