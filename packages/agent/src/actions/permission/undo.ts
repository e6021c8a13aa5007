import { type Compared, line } from '@chaos-lite/shared'
import { z } from 'zod'
import type { Files, Metadata as HostMetadata } from '../../host/host.ts'
import { Metadata } from '../../host/image.ts'
import { compareMetadata } from '../../host/swap/index.ts'
import type { Standing } from '../action.ts'
import { type Acl, formatAcl, modeOfAcl, parseAcl } from './acl.ts'
import { aclOf } from './change.ts'

const AclText = z.string().max(65_536)

/** The access rules before and after, entry by entry: a revert undoes the entries that are still as we left them. */
export const PermissionUndo = z.strictObject({
  path: z.string().max(4096),
  before: Metadata,
  beforeAcl: AclText,
  afterAcl: AclText,
  witness: line(64),
})
export type PermissionUndo = z.infer<typeof PermissionUndo>

/** Sets these access rules; owner, attributes and times stay as they are. */
export async function setAcl(files: Files, path: string, now: HostMetadata, acl: Acl): Promise<void> {
  const text = now.acl === null ? null : formatAcl(acl)
  await files.setMetadata(path, { ...now, acl: text, mode: modeOfAcl(acl, now.mode) })
}

export async function standing(files: Files, undo: PermissionUndo): Promise<Standing> {
  if (!(await files.exists(undo.path))) return 'conflict'
  const now = formatAcl(aclOf(await files.metadata(undo.path)))
  if (now === undo.afterAcl) return 'after'
  return now === undo.beforeAcl ? 'before' : 'conflict'
}

/** Compare-and-revert, entry by entry. */
export async function putBack(
  files: Files,
  undo: PermissionUndo,
): Promise<{ compared: readonly Compared[]; kept: string[] }> {
  if (!(await files.exists(undo.path))) {
    const gone = { item: `${undo.path} exists`, before: 'yes', now: 'no', same: false }
    return { compared: [gone], kept: [`${undo.path} was removed by somebody else meanwhile; it was left so.`] }
  }
  const now = await files.metadata(undo.path)
  const wanted = merged(parseAcl(undo.beforeAcl), parseAcl(undo.afterAcl), aclOf(now))
  await setAcl(files, undo.path, now, wanted)
  const compared = compareMetadata(undo.path, undo.before, await files.metadata(undo.path))
  const theirs = compared.filter(({ same }) => !same).map(({ item }) => item)
  const kept = theirs.length === 0 ? [] : [`Changed by somebody else meanwhile and kept: ${theirs.join(', ')}.`]
  return { compared, kept }
}

/** Where we changed an entry and it still is as we left it, the old value; everything else as it is now. */
function merged(before: Acl, after: Acl, now: Acl): Acl {
  const result = new Map(now)
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(key) === after.get(key) || now.get(key) !== after.get(key)) continue
    const original = before.get(key)
    if (original === undefined) result.delete(key)
    else result.set(key, original)
  }
  // A mask that we brought must stay where others have named entries of their own by now.
  const named = [...result.keys()].some((key) => /^(?:user|group):\d/.test(key))
  const mask = now.get('mask:')
  if (named && mask !== undefined && !result.has('mask:')) result.set('mask:', mask)
  return result
}
