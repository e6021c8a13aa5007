import { ChaosError, utcText } from '@chaos-lite/shared'
import { codeOf } from '../durable/index.ts'
import type { JournalListing } from '../journal/index.ts'
import { stat } from '../small-files/index.ts'

/** Is the halt file there? A folder that cannot be looked into counts as yes. */
export async function isHalted(haltFile: string): Promise<boolean> {
  return stat(haltFile).then(
    () => true,
    (thrown) => codeOf(thrown) !== 'ENOENT' && codeOf(thrown) !== 'ENOTDIR',
  )
}

/** @throws ChaosError `policy-refused` while the halt file is there */
export async function refuseWhenHalted(haltFile: string): Promise<void> {
  if (!(await isHalted(haltFile))) return
  const since = await stat(haltFile).then(
    ({ mtimeMs }) => ` since ${utcText(mtimeMs)}`,
    () => '',
  )
  const how = 'Lift it on the host with: chaos-lite-agent halt --lift'
  const reason = `This host is halted${since}: ${haltFile} is there, so nothing is started here. ${how}`
  throw new ChaosError('policy-refused', reason, { rule: haltFile })
}

/** What the journal says against a further inject of this run. @throws ChaosError */
export function refuseWhenOccupied(listing: JournalListing, runId: string | null): void {
  const damaged = listing.unreadable[0]
  if (damaged !== undefined) throw new ChaosError('journal-unreadable', damaged.reason)
  // Under the lock nobody is between `armed` and `injecting`: such a record was left because it could not be closed.
  const stuck = listing.records.find((record) => record.state === 'stuck' || record.state === 'armed')
  if (stuck !== undefined) {
    const reason = stuck.stuckReason ?? 'no reason was recorded'
    throw new ChaosError(
      'host-stuck',
      `${stuck.head.action} could not be rolled back on this host: ${reason}. Follow ${stuck.folder}/UNDO.txt first.`,
    )
  }
  const other = listing.records.find((record) => record.head.runId !== runId || runId === null)
  if (other === undefined) return
  const who = other.head.runId === null ? 'A rehearsal' : `Run ${other.head.runId}`
  throw new ChaosError('host-busy', `${who} has ${other.head.action} open on this host: one run at a time.`)
}

/** @throws ChaosError `host-busy` when an open record touches one of the same things */
export function refuseWhenShared(listing: JournalListing, touches: readonly string[]): void {
  for (const { head } of listing.records) {
    const shared = head.touches.find((key) => touches.includes(key))
    if (shared === undefined) continue
    const still = `${shared} is still changed by ${head.action} of step ${head.stepId}`
    throw new ChaosError('host-busy', `${still}: two failures never change the same thing.`)
  }
}
