import { resolve } from 'node:path'
import { instantText } from '@chaos-lite/shared'
import { backUp } from './backup.ts'
import { restore } from './restore.ts'

const SHOWN = 20

/** Backs up, and says what to do with the result. */
export function backUpCommand(dataFolder: string, destination: string): string {
  const { counts, files } = backUp(dataFolder, destination)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return `Backed up ${counts.facts} facts (${Math.ceil(bytes / 1024)} KiB) to ${resolve(destination)}.
Keep it where only administrators can read it: it holds the key that every host obeys.
`
}

/** Restores, and names what is lost and what must be looked at. */
export function restoreCommand(backup: string, dataFolder: string, options: { readonly pending: boolean }): string {
  const { manifest, restoredMs, approved, openTokens, logIns } = restore(backup, dataFolder, options)
  const [from, to] = [instantText(manifest.madeMs), instantText(restoredMs)]
  return `Restored ${manifest.counts.facts} facts into ${resolve(dataFolder)}.

Gap in the record: ${from} to ${to}
- Facts of hosts: each agent offers again what it still keeps (30 days or 64 MiB, whichever comes first). What is older is lost.
- The controller's own facts of that time are lost: requests, approvals, the steps of runs, answers, observations.
- Times of the timetable in the gap are recorded as missed, and no drill is started for them.
The restore itself is recorded at the next start: see "chaos-lite incidents".

Before you start the controller
- Passwords are those of ${from}. ${logIns} log-ins were ended and ${openTokens} enrolment tokens are void now.
- ${options.pending ? 'Every host waits for an administrator to approve it again.' : approvedText(approved, from)}
- A host that was enrolled after ${from} is refused: enrol it again.
`
}

function approvedText(names: readonly string[], since: string): string {
  if (names.length === 0) return 'No host is approved.'
  const more = names.length > SHOWN ? `, and ${names.length - SHOWN} more` : ''
  return `A host that was revoked after ${since} is approved again. Approved now: ${names.slice(0, SHOWN).join(', ')}${more}. Revoke such a host as soon as the controller runs; if you do not know which, restore with --approve-again.`
}
