import { ChaosError } from '@chaos-lite/shared'
import type { Files } from '../../host.ts'
import type { GroupLine, PasswdLine } from './databases.ts'
import { asBytes } from './databases.ts'
import { membersOf } from './member-line.ts'

const maxBytes = 5 * 1024 * 1024
const onlyHere = 'This failure changes only the files of this host'

/** @throws ChaosError `cannot-restore` where a directory keeps the account, and not this host's own file */
export async function refuseForeignAccount(files: Files, passwdFile: string, { name }: PasswdLine): Promise<void> {
  const rows = (await files.read(passwdFile, maxBytes)).toString('latin1').split('\n')
  if (rows.some((row) => row.startsWith(`${asBytes(name)}:`))) return
  const why = `${name} comes from a directory service: it is not in ${passwdFile}`
  throw new ChaosError('cannot-restore', `${why}. ${onlyHere}; disable the account in the directory.`)
}

/** Where a membership comes from, as the name service says. */
export interface MembershipFacts {
  readonly account: PasswdLine
  readonly group: GroupLine
  /** Of a session that begins now. */
  readonly gids: readonly number[]
}

/** @throws ChaosError `cannot-restore` where the membership is none that the group file lists, with the reason */
export async function refuseForeignMembership(
  { files, groupFile }: { readonly files: Files; readonly groupFile: string },
  asked: { readonly account: string; readonly group: string },
  factsOf: () => Promise<MembershipFacts>,
): Promise<void> {
  const listed = membersOf(await files.read(groupFile, maxBytes), asked.group)
  if (listed?.includes(asked.account)) return
  const why = reasonOf(asked, listed, groupFile, await factsOf())
  throw new ChaosError('cannot-restore', `${why}. ${onlyHere}.`)
}

function reasonOf(
  { account: name, group: wanted }: { readonly account: string; readonly group: string },
  listed: readonly string[] | null,
  groupFile: string,
  { account, group, gids }: MembershipFacts,
): string {
  if (account.gid === group.gid) return `${wanted} is the primary group of ${name}, which no list of members holds`
  if (!gids.includes(group.gid)) return `${name} is not a member of ${wanted}: ${groupFile} does not list it`
  if (listed === null) return `The group ${wanted} comes from a directory service: it is not in ${groupFile}`
  if (listed.includes(account.name)) return `${groupFile} lists ${name} as ${account.name}: use that name`
  return `${name} is a member of ${wanted} by a directory service: ${groupFile} does not list it`
}
