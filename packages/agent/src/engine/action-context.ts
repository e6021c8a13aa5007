import type { ActionContext } from '../actions/index.ts'
import type { JournalRecord } from '../journal/index.ts'
import type { EngineDeps } from './deps.ts'

/** What an action is given to work on a record that lies in the journal. */
export function contextOf(
  deps: EngineDeps,
  { head, folder }: Pick<JournalRecord, 'head' | 'folder'>,
  signal: AbortSignal,
): ActionContext {
  return { host: deps.host, signal, recordFolder: folder, recordId: head.recordId }
}
