import { lstat, realpath } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { sha256Of } from '../backups/index.ts'
import type { RepositoryDefinition } from '../definitions/index.ts'
import type { ExerciseResult } from './exercise.ts'

/**
 * Did the planted file come back with its bytes? Only its digest is known here, so the answer cannot be made up. When a
 * sub-folder without the canary is restored, there is none to look for.
 */
export async function lookForCanary(
  { canary, compareWith }: RepositoryDefinition,
  folder: string | null,
  restored: string,
  signal: AbortSignal,
): Promise<ExerciseResult['canary']> {
  if (canary === undefined) return 'not planted'
  const below = folder === null || compareWith === undefined ? '.' : posix.relative(compareWith, folder) || '.'
  const file = below === '.' ? canary.file : posix.relative(below, canary.file)
  if (file === '..' || file.startsWith('../')) return 'not planted'
  try {
    const path = join(restored, file)
    if (!(await lstat(path)).isFile()) return 'missing'
    // Behind a link lies what was not restored: the canary of the live folder.
    const [folderOf, top] = await Promise.all([realpath(dirname(path)), realpath(restored)])
    if (folderOf !== top && !folderOf.startsWith(`${top}/`)) return 'missing'
    return (await sha256Of(path, signal)) === canary.sha256 ? 'returned' : 'missing'
  } catch (thrown) {
    if (signal.aborted) throw thrown
    return 'missing'
  }
}
