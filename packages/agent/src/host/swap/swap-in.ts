import { ChaosError } from '@chaos-lite/shared'
import type { FileImage, Files } from '../host.ts'
import { digestOf } from './digest.ts'
import { maxFileBytes, maxReadBytes } from './prepare.ts'

/**
 * Puts the changed bytes in place. The original keeps a second name beside it, so that rolling it back is one rename of
 * the very same file: it needs no space and no tool, and everything about the file is as before. Throws `wrong-state`
 * when the file is no longer what was prepared.
 */
export async function swapIn(
  files: Files,
  image: FileImage,
  after: (before: Buffer) => Buffer,
  tag: string,
): Promise<void> {
  const before = await files.read(image.path, maxFileBytes)
  if (digestOf(before) !== image.beforeDigest) {
    throw new ChaosError(
      'wrong-state',
      `${image.path} was changed after it was saved; nothing was touched. Start again.`,
    )
  }
  // Asked before the folder changes: what was read of both while it was prepared still holds.
  const plain = await files.isPlain(image.path)
  await files.keep(image.path, image.keptPath)
  await files.replace(image.path, after(before), { tag, plain, keptPath: image.keptPath })
}

/** What stands there now, judged by the bytes alone. What is no file any more was put there by somebody else. */
export async function imageStanding(
  files: Files,
  image: FileImage,
): Promise<'before' | 'after' | 'conflict' | 'unclear'> {
  if (!(await files.exists(image.path))) return 'conflict'
  const bytes = await files.read(image.path, maxReadBytes).catch(() => null)
  if (!bytes) return (await files.metadata(image.path)).kind === 'file' ? 'unclear' : 'conflict'
  const digest = digestOf(bytes)
  if (digest === image.afterDigest) return 'after'
  return digest === image.beforeDigest ? 'before' : 'conflict'
}
