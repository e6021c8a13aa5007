import { dirname } from 'node:path'
import { lstat, mkdir, stat } from './files.ts'

/**
 * Makes a folder and all that leads to it, by default for its owner only; answers with the first one that was made, or
 * undefined where all were there. One step for each part of the path: Node.js's own recursive `mkdir` tries for ever, and
 * holds its thread, where the system says that the parent of what cannot be made is missing, as below `/proc` or in a
 * folder that was removed while it is a mount point. @throws the error of the system
 */
export async function makeFolders(folder: string, mode = 0o700): Promise<string | undefined> {
  const missing: string[] = []
  for (let at = folder; !(await isThere(at)); at = dirname(at)) missing.unshift(at)
  let first: string | undefined
  for (const each of missing) {
    try {
      await mkdir(each, { mode })
      first ??= each
    } catch (thrown) {
      // Somebody else may have made it meanwhile.
      if (!(await isThere(each))) throw thrown
    }
  }
  const found = await stat(folder)
  if (found.isDirectory()) return first
  throw Object.assign(new Error(`ENOTDIR: not a directory, mkdir '${folder}'`), { code: 'ENOTDIR' })
}

/** A link that leads nowhere is there, and no folder can be made in its place. */
async function isThere(path: string): Promise<boolean> {
  if (path === dirname(path)) return true
  return lstat(path).then(
    () => true,
    (thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return false
      throw thrown
    },
  )
}
