import * as z from 'zod'
import type { Files } from '../../host/index.ts'
import { Metadata, sameFile } from '../../host/index.ts'
import type { Standing } from '../action.ts'

const Path = z.string().max(4096)

/** Before: the original at `folder`. After: the very same folder at `movedTo`, beside it. */
export const QuarantineUndo = z.strictObject({
  folder: Path,
  movedTo: Path,
  /** What somebody else put in its place is moved here when the original returns. */
  keptAs: Path,
  before: Metadata,
  parent: Path,
  parentMtimeNs: z.string().regex(/^-?\d{1,20}$/),
})
export type QuarantineUndo = z.infer<typeof QuarantineUndo>

/** What lies at a name: the original itself, something else, or nothing. */
export async function whatLies(
  files: Files,
  path: string,
  { before }: QuarantineUndo,
): Promise<'original' | 'other' | 'nothing'> {
  const stamp = await files.stamp(path)
  if (!stamp) return 'nothing'
  return sameFile(stamp, before) ? 'original' : 'other'
}

/** A restored copy in the folder's place does not end the failure: the original is still away. */
export async function quarantineStanding(files: Files, undo: QuarantineUndo): Promise<Standing> {
  const here = await whatLies(files, undo.folder, undo)
  if (here === 'original') return 'before'
  const aside = await whatLies(files, undo.movedTo, undo)
  return aside === 'original' ? 'after' : 'conflict'
}
