import { ChaosError } from '@chaos-lite/shared'
import type { Files, MembershipImage, MembershipReturn } from '../../host.ts'
import { imageStanding, prepareImage, type SwapBack, swapIn } from '../../swap/index.ts'
import { backUnderLock } from './back-under-lock.ts'
import { passwdLines } from './databases.ts'
import { membersOf, withMember, withoutMember } from './member-line.ts'
import { underLock } from './under-lock.ts'

/** Where a host keeps its groups; `gshadow` may be missing. */
export interface GroupFiles {
  readonly group: string
  readonly gshadow: string
  readonly passwd: string
  readonly lockPath: (path: string) => string
}

const maxBytes = 5 * 1024 * 1024

/**
 * Memberships are edited in the files themselves, under the lock of the shadow tools. `gpasswd` could only append: the
 * order of the members, the backups `group-` and the times would differ afterwards.
 */
export async function membershipImage(
  files: Files,
  paths: GroupFiles,
  account: string,
  group: string,
  keepIn: { readonly folder: string; readonly tag: string },
): Promise<MembershipImage> {
  const stored: MembershipImage['files'] = []
  for (const [copy, path] of Object.entries({ gshadow: paths.gshadow, group: paths.group })) {
    if (!(await files.exists(path))) continue
    const position = membersOf(await files.read(path, maxBytes), group)?.indexOf(account) ?? -1
    if (position < 0) continue
    const image = await prepareImage(files, path, keepIn, copy, (bytes) => withoutMember(bytes, group, account))
    stored.push({ image, position })
  }
  const uid = await localUid(files, paths, account)
  if (stored.some(({ image }) => image.copy === 'group')) {
    return { account, group, files: stored, ...(uid === null ? {} : { uid }) }
  }
  throw new ChaosError('cannot-restore', `${account} is not listed as a member of ${group} in ${paths.group}.`)
}

/** The number of an account that stands in this host's own files, or null. */
async function localUid(files: Files, { passwd }: GroupFiles, account: string): Promise<number | null> {
  const lines = passwdLines((await files.read(passwd, maxBytes)).toString('utf8'))
  return lines.find(({ name }) => name === account)?.uid ?? null
}

/** An account of that name which is another one by now must not get the rights of the old one. */
async function isGone(files: Files, paths: GroupFiles, { account, uid }: MembershipImage): Promise<boolean> {
  return uid !== undefined && (await localUid(files, paths, account)) !== uid
}

/** Takes the member out of group and gshadow, in this order, under one lock. */
export async function removeMember(
  files: Files,
  paths: GroupFiles,
  stored: MembershipImage,
  tag: string,
): Promise<void> {
  await underLock({ files, path: paths.group, lockPath: paths.lockPath, tag }, async () => {
    for (const { image } of stored.files) {
      await swapIn(files, image, (bytes) => withoutMember(bytes, stored.group, stored.account), tag)
    }
  })
}

/** How both files together stand: `half way` when one is as before and the other as after. */
export async function membershipStanding(files: Files, paths: GroupFiles, stored: MembershipImage) {
  const standings = await Promise.all(stored.files.map(({ image }) => imageStanding(files, image)))
  if (standings.every((standing) => standing === 'before')) return 'before'
  if (standings.includes('unclear')) return 'unclear'
  // Nobody is kept out of a group who is not there any more.
  if (standings.includes('conflict') || (await isGone(files, paths, stored))) return 'conflict'
  return standings.includes('before') ? 'half way' : 'after'
}

/** Puts the member back into each file, the last one changed first. An account that is another one by now stays out. */
export async function putMemberBack(
  files: Files,
  paths: GroupFiles,
  stored: MembershipImage,
  tag: string,
  recordFolder: string,
): Promise<MembershipReturn> {
  const { account, group } = stored
  const gone = await isGone(files, paths, stored)
  const backs = stored.files.toReversed().map(({ image, position }): SwapBack => {
    const withoutOurs = (bytes: Buffer) => withMember(bytes, group, account, position)
    return { files, image, tag, recordFolder, withoutOurs, leave: gone }
  })
  const back = await backUnderLock({ files, path: paths.group, lockPath: paths.lockPath, tag }, backs)
  if (!gone) return back
  const text = `The account ${account} was removed meanwhile, or is another one now: it was not made a member of ${group} again.`
  return { ...back, kept: [...back.kept, text] }
}
