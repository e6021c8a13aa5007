import { utcText } from '@chaos-lite/shared'
import type { Store } from '../store/index.ts'
import type { Clock } from '../time/index.ts'
import type { StoredRunBook } from './book.ts'

/** Notes in the record of every company that the store was restored from a backup, once: as a fact and as an integrity alert. */
export async function recordRestores(deps: { store: Store; runBook: StoredRunBook; clock: Clock }): Promise<void> {
  const { store, runBook, clock } = deps
  for (const { restoredMs, backupMs, facts, recorded } of await store.restores.all()) {
    if (recorded) continue
    const reason = `The controller's store was restored on ${utcText(restoredMs)} from a backup of ${utcText(backupMs)}. The controller's own facts between these times are lost; facts of hosts of that time are here again only as far as their agents still had them.`
    for (const { clientId } of await store.clients.all()) {
      await runBook.note(clientId, { type: 'store.restored', backupMs, restoredMs, facts })
      const none = { hostId: null, epoch: null, seq: null, digest: null, line: null }
      await store.incidents.add({ ...none, clientId, kind: 'store restored', reason, atMs: clock.nowMs() })
    }
    // Last: a crash before this repeats the note, and loses none.
    await store.restores.setRecorded(restoredMs)
  }
}
