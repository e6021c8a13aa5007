import { posix } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { RepositoryDefinition } from '../../definitions/index.ts'

/** The name of an archive entry without `./` and a closing slash; `.` for the top. */
export function entryName(path: string): string {
  return posix.normalize(path).replace(/\/+$/, '') || '.'
}

/** Does an entry lie at or below `inside`? Both are names inside the archive. */
export function isBelow(path: string, inside: string): boolean {
  const name = entryName(path)
  return inside === '.' || name === inside || name.startsWith(`${inside}/`)
}

/** Tools that back a folder up under its full path, without the first slash. */
function keepsFullPaths(driver: RepositoryDefinition['driver']): boolean {
  return driver === 'restic' || driver === 'borg'
}

/**
 * Where a live folder lies inside a backup. Without `folder` it is the whole of what the repository is said to hold.
 * Throws `param-invalid` when the folder is not part of it.
 */
export function insideOf(repository: RepositoryDefinition, folder: string | null): string {
  const { driver, compareWith, inside } = repository
  if (driver === 'sqlite' || driver === 'postgres') {
    if (folder === null) return '.'
    throw new ChaosError(
      'param-invalid',
      'This repository holds a database, which is restored as a whole: leave out `folder`',
    )
  }
  const wanted = folder === null ? compareWith : posix.normalize(folder).replace(/(.)\/+$/, '$1')
  const base = inside === undefined ? null : entryName(inside.replace(/^\/+/, ''))
  if (wanted === undefined) return base ?? '.'
  if (compareWith === undefined) {
    if (keepsFullPaths(driver) || driver === 'archive') return entryName(wanted.replace(/^\/+/, ''))
    throw new ChaosError('param-invalid', `The repository does not say which folder it is a copy of: add compareWith`)
  }
  const live = posix.normalize(compareWith).replace(/(.)\/+$/, '$1')
  const rest = posix.relative(live, wanted)
  if (rest === '..' || rest.startsWith('../')) {
    throw new ChaosError('param-invalid', `This repository holds ${live}, not ${wanted}`)
  }
  const top = base ?? (keepsFullPaths(driver) ? entryName(live.replace(/^\/+/, '')) : '.')
  return posix.join(top, rest)
}
