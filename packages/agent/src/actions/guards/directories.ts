import { basename } from 'node:path'
import type { Host } from '../../host/index.ts'
import { refusal } from '../../protected/index.ts'

/** Programs by which a host knows the accounts, groups and keys of a directory service. */
const programs = ['sssd', 'sssd_be', 'sssd_nss', 'sssd_pam', 'sssd_ssh', 'nslcd', 'winbindd', 'ypbind', 'authd']

/**
 * Is this program (its path in /proc/PID/exe) one that knows accounts of a directory? Also after an update replaced its
 * file.
 */
function isDirectoryProgram(program: string): boolean {
  return programs.includes(basename(program.replace(/ \(deleted\)$/, '')))
}

/**
 * Refuses to stop what gives this host the accounts of a directory service where no administrator stands in the host's own
 * files: whoever administers it could not log in any more. @throws ChaosError `policy-refused`
 */
export async function refuseLastDirectory(
  host: Pick<Host, 'accounts'>,
  who: string,
  seen: readonly string[],
): Promise<void> {
  const program = seen.find(isDirectoryProgram)
  if (program === undefined) return
  const { people, possible, root } = await host.accounts.administration([])
  if (people.length > 0 || (possible.length === 0 && root)) return
  const said = `${who} runs ${program}: without it nobody is certain to become root, because no administrator was found in the host's own files.`
  throw refusal('the last administrator', said)
}
