import { dirname } from 'node:path'
import type { Files, Metadata } from './host.ts'

/**
 * The first folder on the way to `path` in which somebody besides root and the agent could put another thing in the
 * place of what we look at, or null. In a folder with the sticky bit only the owner of an entry can.
 */
export async function changeableParent(files: Files, path: string): Promise<string | null> {
  const parents = foldersTo(path)
  for (const [index, folder] of parents.entries()) {
    const found = await files.metadata(folder)
    const next = parents[index + 1] ?? path
    if (found.kind !== 'folder' || !isOwn(found)) return folder
    if ((found.mode & 0o022) === 0) continue
    const sticky = (found.mode & 0o1000) !== 0
    if (!sticky || !isOwn(await files.metadata(next))) return folder
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

function isOwn({ uid }: Metadata): boolean {
  return uid === 0 || uid === process.geteuid?.()
}
