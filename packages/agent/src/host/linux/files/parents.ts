import type { Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** As `Files.changeableParent`. */
export async function changeableParent(path: string): Promise<string | null> {
  const parents = foldersTo(path)
  for (const [index, folder] of parents.entries()) {
    const found = await lstat(folder)
    if (!found.isDirectory() || !isOwn(found)) return folder
    // Where there is an ACL, the bits of the group show its mask: the most that any entry gives.
    if ((found.mode & 0o022) === 0) continue
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

function isOwn({ uid }: Stats): boolean {
  return uid === 0 || uid === process.geteuid?.()
}
