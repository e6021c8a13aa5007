import * as z from 'zod'
import { line } from '../primitives.ts'

/**
 * What an exercise did not compare, and how many of it; null: none of it was compared. A code that is not in the catalogue
 * comes from a newer agent.
 */
export const NotCompared = z.strictObject({ what: line(64), count: z.int().min(0).nullable() })
export type NotCompared = z.infer<typeof NotCompared>

/** In words: with a number before them, or alone. */
const WORDS: Readonly<Record<string, string>> = {
  'no-live': 'items, because there is nothing to compare with',
  rewritten: 'rewritten since the backup',
  made: 'made since the backup',
  moved: 'moved or renamed since the backup',
  removed: 'removed since the backup',
  rows: 'rows or parts of tables that differ: changed since the backup, or missing in it',
  'access-changed': 'modes, owners or access lists changed since the backup',
  excluded: 'left out by repositories.yaml, with all below',
  special: 'sockets, pipes or devices that are not in the backup',
  unread: 'live files that could not be read',
  sample: 'files outside of the sample, by their bytes',
  owners: 'modes, owners and access lists',
  access: 'access lists and file capabilities',
  capabilities: 'file capabilities',
  attributes: 'times, hard links and extended attributes',
  schema: 'what is no row (indexes, views, rights)',
}

/** How many differences an exercise found: the facts name the first ones only. */
function differencesFound(result: {
  readonly differences: readonly string[]
  readonly differenceCount?: number | undefined
}): string {
  const count = result.differenceCount ?? result.differences.length
  return count === 0 ? 'no differences' : count === 1 ? '1 difference' : `${count} differences`
}

/** What came back, how it differs, and what was not compared, in one part of a sentence. */
export function describeCompared(result: {
  readonly items: number
  readonly differences: readonly string[]
  readonly differenceCount?: number | undefined
  readonly notCompared?: readonly NotCompared[] | undefined
}): string {
  const left = describeNotCompared(result.notCompared)
  const items = result.items === 1 ? '1 item' : `${result.items} items`
  return `${items} restored, ${differencesFound(result)}${left === null ? '' : ` (${left})`}`
}

/** The one sentence part about it for records, screens and the command line: `not compared: …`, or null. */
export function describeNotCompared(all: readonly NotCompared[] | undefined): string | null {
  if (all === undefined || all.length === 0) return null
  const parts = all.map(({ what, count }) => {
    const words = WORDS[what] ?? what
    return count === null ? words : `${count} ${words}`
  })
  return `not compared: ${parts.join(', ')}`
}
