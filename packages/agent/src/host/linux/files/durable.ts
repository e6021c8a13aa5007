import { ChaosError } from '@chaos-lite/shared'
import { open } from '../../../small-files/index.ts'

/** Forces a file or a folder to disk. File systems that cannot sync a folder (some network ones) answer EINVAL. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw error
  } finally {
    await handle.close()
  }
}

/** The system's code of an error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** For `catch`: null where nothing is. That something cannot be seen must never be taken for its absence. */
export function orMissing(error: unknown): null {
  if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return null
  throw error
}

/** System errors as errors for people; our own pass through. */
export function asChaosError(error: unknown, what: string): ChaosError {
  if (error instanceof ChaosError) return error
  const code = codeOf(error)
  const because = reasons[code ?? ''] ?? (error instanceof Error ? error.message : String(error))
  const kind =
    code === 'ENOENT' || code === 'ENOTDIR'
      ? 'not-there'
      : code === 'ENOSPC' || code === 'EDQUOT'
        ? 'storage-full'
        : 'tool-failed'
  return new ChaosError(kind, `${what}: ${because}.`, { cause: error })
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'permission denied',
  EPERM: 'the operation is not permitted (an immutable file, or a missing privilege)',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the file system',
  EDQUOT: 'the quota is used up',
  EBUSY: 'it is in use, or a file system is mounted there',
  EXDEV: 'it lies on another file system',
}
