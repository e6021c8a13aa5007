import { ChaosError, type Compared, line } from '@chaos-lite/shared'
import * as z from 'zod'
import type { Files, Metadata as HostMetadata } from '../../host/index.ts'
import { compareMetadata, isAway, item, Metadata, sameFile } from '../../host/index.ts'
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
  witness: line(256),
})
export type PermissionUndo = z.infer<typeof PermissionUndo>

/** Sets these access rules; owner, attributes and times stay as they are. */
export async function setAcl(files: Files, path: string, now: HostMetadata, acl: Acl): Promise<void> {
  const text = now.acl === null ? null : formatAcl(acl)
  await files.setMetadata(path, { ...now, acl: text, mode: modeOfAcl(acl, now.mode) }, now)
}

/** Unclear: what the path leads to is not there to look at, as on a file system that is not mounted. */
export async function permissionStanding(files: Files, undo: PermissionUndo): Promise<Standing> {
  if (await isAway(files, undo.path, undo.before)) return 'unclear'
  if (!(await files.exists(undo.path))) return 'conflict'
  const metadata = await files.metadata(undo.path)
  if (!(await carriesOurs(files, undo, metadata))) return 'conflict'
  const now = formatAcl(aclOf(metadata))
  if (now === undo.afterAcl) return 'after'
  return now === undo.beforeAcl ? 'before' : 'conflict'
}

/**
 * The very file whose rules we changed; or a copy with which an editor or `cp -p` replaced it. Another file may have the
 * same rules by chance, and be one that somebody led us to: where anybody else could put it there, it is none of ours.
 */
async function carriesOurs(files: Files, { path, before }: PermissionUndo, now: HostMetadata): Promise<boolean> {
  if (now.kind !== before.kind) return false
  if (sameFile(now, before)) return true
  const alike = now.uid === before.uid && now.gid === before.gid
  if (!alike || (now.kind === 'file' && now.links > 1)) return false
  return (await files.resolve(path)) === path && (await files.changeableParent(path)) === null
}

/** Whatever else was changed: is every entry that we took away still as we left it? */
export async function isStillRevoked(files: Files, undo: PermissionUndo): Promise<boolean> {
  if (!(await files.exists(undo.path))) return false
  const [before, after] = [parseAcl(undo.beforeAcl), parseAcl(undo.afterAcl)]
  const now = aclOf(await files.metadata(undo.path))
  return [...after].every(([key, entry]) => before.get(key) === entry || now.get(key) === entry)
}

/** Compare-and-revert, entry by entry. @throws ChaosError `cannot-restore` while its file system is not mounted */
export async function putBack(
  files: Files,
  undo: PermissionUndo,
): Promise<{ compared: readonly Compared[]; kept: string[] }> {
  if (await isAway(files, undo.path, undo.before)) {
    const text = `The file system that holds ${undo.path} is not mounted now: mount it, then roll it back.`
    throw new ChaosError('cannot-restore', text)
  }
  if (!(await files.exists(undo.path))) {
    const gone = { item: `${undo.path} exists`, before: 'yes', now: 'no', same: false }
    return { compared: [gone], kept: [`${undo.path} was removed by somebody else meanwhile; it was left so.`] }
  }
  const now = await files.metadata(undo.path)
  if (!(await carriesOurs(files, undo, now))) {
    const compared = [...compareMetadata(undo.path, undo.before, now), sameInode(undo, now)]
    return { compared, kept: [`${undo.path} is another ${now.kind} now, made by somebody else: it was left as it is.`] }
  }
  const wanted = merged(parseAcl(undo.beforeAcl), parseAcl(undo.afterAcl), aclOf(now), sameFile(now, undo.before))
  if (formatAcl(wanted) !== formatAcl(aclOf(now))) await setAcl(files, undo.path, now, wanted)
  const last = await files.metadata(undo.path)
  const compared = [...compareMetadata(undo.path, undo.before, last), sameInode(undo, last)]
  const theirs = compared.filter(({ same }) => !same).map(({ item }) => item)
  const kept = theirs.length === 0 ? [] : [`Changed by somebody else meanwhile and kept: ${theirs.join(', ')}.`]
  return { compared, kept }
}

function sameInode({ path, before }: PermissionUndo, now: HostMetadata): Compared {
  return item(`${path} is the very same ${before.kind} (inode)`, before.inode, now.inode)
}

/** Where we changed an entry and it still is as we left it, the old value; everything else as it is now. */
function merged(before: Acl, after: Acl, now: Acl, same: boolean): Acl {
  const result = new Map(now)
  // On a copy, rules that any file may have by chance are ours only when all of them are.
  const all = same || formatAcl(now) === formatAcl(after)
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(key) === after.get(key) || now.get(key) !== after.get(key)) continue
    if (!all && !isNamed(key)) continue
    const original = before.get(key)
    if (original === undefined) result.delete(key)
    else result.set(key, original)
  }
  return withTheirMask(result, before, after, now)
}

/**
 * Where we brought the mask it must go with our entry, or stay for named entries that others added; a `chmod` that meant
 * the group met our mask instead. A mask that setfacl worked out from our entries is worked out anew from the old ones.
 */
function withTheirMask(result: Map<string, string>, before: Acl, after: Acl, now: Acl): Acl {
  const mask = now.get('mask:')
  if (mask === undefined) return result
  const theirs = mask !== after.get('mask:')
  if (before.has('mask:') || [...result.keys()].some(isNamed)) {
    if (!result.has('mask:')) result.set('mask:', mask)
    return theirs && mask === unionOf(now) ? result.set('mask:', unionOf(result)) : result
  }
  if (!after.has('mask:')) return result
  result.delete('mask:')
  return theirs ? result.set('group:', mask) : result
}

/** What `setfacl` makes the mask: all that the group and the named entries may. */
function unionOf(acl: Acl): string {
  const entries = [...acl].filter(([key]) => key === 'group:' || isNamed(key)).map(([, permissions]) => permissions)
  return [...'rwx'].map((bit) => (entries.some((permissions) => permissions.includes(bit)) ? bit : '-')).join('')
}

function isNamed(key: string): boolean {
  return /^(?:user|group):\d/.test(key)
}
