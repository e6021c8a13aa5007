import { ChaosError, issuesText } from '@chaos-lite/shared'
import type { Action } from './action.ts'

/** The version of the undo record that this agent writes. */
export function undoVersionOf({ undo }: Pick<Action, 'undo'>): number {
  return Math.max(...Object.keys(undo).map(Number))
}

/** What `prepare` found, in the form that is written. Throws ZodError for anything else. */
export function writtenUndo(action: Pick<Action, 'undo'>, read: unknown): unknown {
  return action.undo[undoVersionOf(action)]?.parse(read)
}

/**
 * The undo part of a record, whichever released version wrote it, in the form its action works with.
 * @throws ChaosError `journal-unreadable` when this version cannot read it
 */
export function undoOf(
  action: Pick<Action, 'name' | 'undo'>,
  { undoVersion, undo, recordId }: { readonly undoVersion: number; readonly undo: unknown; readonly recordId: string },
): unknown {
  const schema = action.undo[undoVersion]
  if (schema === undefined) {
    const newest = undoVersionOf(action)
    const needed = `undo version ${undoVersion} of ${action.name}; this agent reads up to ${newest}`
    const by = undoVersion > newest ? 'a newer agent' : 'an agent that was never released'
    throw new ChaosError('journal-unreadable', `Record ${recordId} was written by ${by}: ${needed}.`)
  }
  const parsed = schema.safeParse(undo)
  if (parsed.success) return parsed.data
  const problem = issuesText(parsed.error, 'the undo part')
  throw new ChaosError('journal-unreadable', `The undo part of record ${recordId} is not understood: ${problem}.`)
}
