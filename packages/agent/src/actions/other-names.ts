import { join } from 'node:path'
import type { Files } from '../host/index.ts'
import { type Mount, mountOf } from '../host/index.ts'
import { within } from '../protected/index.ts'

/** Where a path lies on its file system, the same by whatever mount it is reached; null where that is not known. */
export function placeOn(mounts: readonly Mount[], path: string): string | null {
  const mount = mountOf(mounts, path)
  if (mount === null || !mount.device) return null
  const rest = path.slice(mount.point === '/' ? 0 : mount.point.length)
  return join(rootOf(mount), rest).replace(/\/$/, '')
}

/** Every path by which the same is reached: a bind mount shows a part of a file system once more. The first is `path`. */
export function namesByMounts(mounts: readonly Mount[], path: string): readonly string[] {
  const place = placeOn(mounts, path)
  if (place === null) return [path]
  const others = mounts.flatMap((mount) => {
    if (!mount.device || !within(place, rootOf(mount))) return []
    return [join(mount.point, place.slice(rootOf(mount).length))]
  })
  return [...new Set([path, ...others])]
}

/** The first of these paths that is the same file by a second name (a hard link), or null. */
export async function secondNameOf(
  files: Pick<Files, 'stamp'>,
  path: string,
  among: readonly string[],
): Promise<string | null> {
  const stamp = await files.stamp(path)
  if (stamp === null || stamp.links < 2) return null
  for (const each of among) {
    const other = await files.stamp(each)
    if (other !== null && other.inode === stamp.inode && other.dev === stamp.dev) return each
  }
  return null
}

function rootOf({ device, root }: Mount): string {
  return join(`/${device}`, root).replace(/\/$/, '')
}
