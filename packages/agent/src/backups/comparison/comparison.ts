import type { NotCompared } from '@chaos-lite/shared'
import type { WorkHost } from '../work-host.ts'

/** What is compared, and how closely. Whatever is left out is counted in `notCompared`, never passed over. */
export interface CompareOptions {
  readonly host: Pick<WorkHost, 'run'>
  /** What came back. */
  readonly restored: string
  /** What it is compared with, or null: then it is only counted. */
  readonly live: string | null
  /** When the backup was taken: see `comparison/excuses.ts`. */
  readonly takenMs: number
  /** Compare the bytes of at most this many files, evenly spread; null: of all. */
  readonly sample: number | null
  /** Compare mode and owner as well. */
  readonly owners: boolean
  /** Access lists and file capabilities too: does this backup bring them back? */
  readonly access: boolean
  /** What backups leave out by design, by the owner's word; `below`: where the compared folder lies in his. */
  readonly excludes?: { readonly patterns: readonly string[]; readonly caches: boolean; readonly below: string }
  readonly signal: AbortSignal
}

/** What a comparison found. A difference is a sentence; an empty list means that all that was compared is equal. */
export interface Comparison {
  /** Files, folders and links that came back. */
  readonly items: number
  /** Files whose bytes were compared. */
  readonly byBytes: number
  readonly differences: readonly string[]
  /** What was changed, made or removed since the backup. */
  readonly changedSince: number
  /** Whatever was not compared, with counts. Databases count it as `changedSince` only. */
  readonly notCompared?: readonly NotCompared[]
  /** Modification time of the newest restored file, or null without files. */
  readonly newestMs: number | null
}
