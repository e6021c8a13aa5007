import { readFileSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { lstat } from '../../../small-files/index.ts'

/** How the kernel shows an owner who has no number in this user namespace, as in a demo without root. */
const overflowUid = 65_534

/** As `Files.changeableParent`. */
export async function changeableParent(path: string): Promise<string | null> {
  const parents = foldersTo(path)
  for (const [index, folder] of parents.entries()) {
    const found = await lstat(folder)
    if (!found.isDirectory() || !isOwn(found)) return folder
    if (!isOpenToOthers(found)) continue
    if ((found.mode & 0o1000) === 0) return folder
    const next = await lstat(parents[index + 1] ?? path).catch(() => null)
    if (next === null || !isOwn(next)) return folder
  }
  return null
}

/** `/`, `/srv`, `/srv/data` for `/srv/data/file`. */
function foldersTo(path: string): readonly string[] {
  const folders: string[] = []
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    folders.unshift(folder)
    if (folder === dirname(folder)) return folders
  }
}

/**
 * Where there is an ACL, the bits of the group show its mask: the most that any entry gives. A demo without root takes a
 * person's own group for that person, as the usual umask does.
 */
function isOpenToOthers({ mode, gid }: Stats): boolean {
  if ((mode & 0o002) !== 0) return true
  const isPersonal = process.geteuid?.() !== 0 && gid === process.getegid?.()
  return (mode & 0o020) !== 0 && !isPersonal
}

function isOwn({ uid }: Stats): boolean {
  return uid === 0 || uid === process.geteuid?.() || (uid === overflowUid && !isMapped(uid))
}

/** Has this number an account behind it here? Lines of `/proc/self/uid_map`: first number inside, outside, how many. */
function isMapped(uid: number): boolean {
  const rows = readFileSync('/proc/self/uid_map', 'utf8').trim().split('\n')
  return rows.some((row) => {
    const [inside = 0, , count = 0] = row.trim().split(/\s+/).map(Number)
    return uid >= inside && uid < inside + count
  })
}
