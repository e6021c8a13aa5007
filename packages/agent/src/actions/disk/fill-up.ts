import { ChaosError } from '@chaos-lite/shared'
import type { Files } from '../../host/index.ts'
import type { ActionContext } from '../action.ts'
import { type FillUndo, mebibyte } from './fill-undo.ts'
import { layDown } from './own-file.ts'

/** Between two looks at the room that is left, no more than this is taken. */
const stepBytes = 256 * mebibyte
const leastStepBytes = mebibyte

/**
 * Makes the file and lets it grow until no more is free than shall be, looking at the room before each step: what
 * others write at the same time counts too. Throws when they left nothing to take.
 */
export async function fillUp(
  context: Pick<ActionContext, 'host' | 'recordFolder' | 'signal'>,
  undo: FillUndo,
): Promise<void> {
  const { path, leaveBytes, mostBytes } = undo
  const { signal } = context
  const { files } = context.host
  signal.throwIfAborted()
  await layDown(context, undo)
  // Some file systems count what was taken only later: never more than could be taken at first.
  const atFirst = (await files.space(path)).freeBytes - leaveBytes
  const most = Math.min(atFirst, mostBytes ?? Number.POSITIVE_INFINITY)
  let size = 0
  for (;;) {
    signal.throwIfAborted()
    const { freeBytes } = await files.space(path)
    const left = Math.min(freeBytes - leaveBytes, most - size)
    if (left < leastStepBytes) break
    size += Math.min(left, stepBytes)
    await files.allocate(path, size, signal)
  }
  if (size === 0) throw new ChaosError('wrong-state', 'Nothing could be filled: others have taken the room meanwhile.')
  await keepFloor(files, undo)
}

/** Gives room back where less is free than the floor. Returns whether the file is still there. */
export async function keepFloor(files: Files, { path, floorBytes }: FillUndo): Promise<boolean> {
  if ((await files.stamp(path)) === null) return false
  const { freeBytes } = await files.space(path)
  if (freeBytes >= floorBytes) return true
  // Somebody wrote into it: to shrink it might take that away.
  if (await files.holdsData(path)) return true
  const { sizeBytes } = await files.metadata(path)
  // As much again, so that it is not asked for at every look.
  await files.allocate(path, Math.max(0, sizeBytes - 2 * (floorBytes - freeBytes) - mebibyte))
  return true
}
