import { basename } from 'node:path'
import type { EngineDeps } from './deps.ts'

/** Ends the safety timers of records that are gone. What cannot be read may be open still. Needs the lock. */
export async function sweepFailsafe({ journal, failsafe, warn }: EngineDeps): Promise<void> {
  try {
    const { records, unreadable } = await journal.list()
    await failsafe.sweep([...records.map(({ head }) => head.recordId), ...unreadable.map(({ path }) => basename(path))])
  } catch (thrown) {
    warn('safety timers of finished records stay until they fire, and find nothing', thrown)
  }
}
