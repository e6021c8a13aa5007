import { ChaosError } from '@chaos-lite/shared'
import type { Files, MembershipImage, MembershipReturn } from '../../host.ts'
import { prepareImage, type SwapBack, standingOf, swapIn } from '../../swap/index.ts'
import { backUnderLock } from './back-under-lock.ts'
import { membersOf, withMember, withoutMember } from './member-line.ts'
import { underLock } from './under-lock.ts'

/** Where a host keeps its groups; `gshadow` may be missing. */
export interface GroupFiles {
  readonly group: string
  readonly gshadow: string
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
  if (stored.some(({ image }) => image.copy === 'group')) return { account, group, files: stored }
  const why = `${account} is not listed as a member of ${group} in ${paths.group}`
  const hint = 'A primary group, or one that comes from a directory service, cannot be taken away here.'
  throw new ChaosError('cannot-restore', `${why}. ${hint}`)
}

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

export async function membershipStanding(files: Files, stored: MembershipImage) {
  const standings = await Promise.all(stored.files.map(({ image }) => standingOf(files, image)))
  if (standings.every((standing) => standing === 'after')) return 'after'
  if (standings.every((standing) => standing === 'before')) return 'before'
  return standings.includes('unclear') ? 'unclear' : 'conflict'
}

/** Newest first. */
export async function putMemberBack(
  files: Files,
  paths: GroupFiles,
  stored: MembershipImage,
  tag: string,
  recordFolder: string,
): Promise<MembershipReturn> {
  const backs = stored.files.toReversed().map(({ image, position }): SwapBack => {
    const withoutOurs = (bytes: Buffer) => withMember(bytes, stored.group, stored.account, position)
    return { files, image, tag, recordFolder, withoutOurs }
  })
  return backUnderLock({ files, path: paths.group, lockPath: paths.lockPath, tag }, backs)
}
