import { basename, dirname, join } from 'node:path'
import { ChaosError, type Compared } from '@chaos-lite/shared'
import type { FileImage, Files, Stamp } from '../host.ts'
import type { Metadata } from '../image.ts'
import { hasNothingMore } from '../plain.ts'
import { compareMetadata, item, sameAttributes } from './compare.ts'
import { digestOf } from './digest.ts'
import { folderKept, judgeFolder, settleFolder } from './folder-time.ts'
import { maxReadBytes } from './prepare.ts'
import { readCopy } from './record-copy.ts'
import { imageStanding } from './swap-in.ts'

/** How one file gets its original bytes back; see `swapBack`. */
export interface SwapBack {
  readonly files: Files
  readonly image: FileImage
  readonly tag: string
  readonly recordFolder: string
  /** The bytes with only our part taken out; null where nothing of ours is in them. */
  readonly withoutOurs: (bytes: Buffer) => Buffer | null
  /** Nothing is to be rolled back any more: a file that is there stays as it is, and only what is ours beside it goes. */
  readonly leave?: boolean
}

/** What was compared afterwards, and what of others was kept, as sentences. */
export interface SwappedBack {
  readonly compared: readonly Compared[]
  readonly kept: readonly string[]
}

/**
 * Compare-and-revert of one file, from every state that a crash can leave: the original comes back where the file is
 * still ours; where somebody else changed it, only our part goes. Doing it twice is doing it once.
 */
export async function swapBack(back: SwapBack): Promise<SwappedBack> {
  const { folderPath, folderMtimeNs } = back.image
  const ours = await ownsFolderTime(back)
  const file = await swapFileBack(back)
  const folder = await settleFolder({ files: back.files, folder: folderPath, beforeNs: folderMtimeNs }, ours, {
    recordFolder: back.recordFolder,
    name: back.image.copy,
  })
  const kept = folder.same ? file.kept : [...file.kept, folderKept(folderPath)]
  return { compared: [...file.compared, folder], kept }
}

/** Must be asked before anything is rolled back. `more` are other names of ours in that folder, `beside` other files. */
export async function ownsFolderTime(
  back: SwapBack,
  more: readonly string[] = [],
  beside: readonly FileImage[] = [],
): Promise<boolean> {
  const { files, image } = back
  const standing = await imageStanding(files, image)
  const own = (await files.list(image.folderPath)).filter((name) => name.includes(back.tag))
  const paths = [...own.map((name) => join(image.folderPath, name)), ...more]
  const swapped = await Promise.all([image, ...beside].map((each) => witnessesOf(files, each)))
  const witnesses = await Promise.all(paths.map((path) => files.stamp(path)))
  // With a lock, our last step in the folder was to give that back, which leaves no trace of its own.
  const exact = standing === 'after' && more.length === 0
  return judgeFolder(
    {
      ...{ files, folder: image.folderPath, beforeNs: image.folderMtimeNs, exact },
      witnesses: [...witnesses, ...swapped.flat()],
    },
    { recordFolder: back.recordFolder, name: image.copy, fades: more.length > 0 || own.some(isFading(back)) },
  )
}

/** The times of a file that is ours or as before, which show when we were at work in its folder. */
async function witnessesOf(files: Files, image: FileImage): Promise<readonly Pick<Stamp, 'ctimeNs' | 'birthNs'>[]> {
  const standing = await imageStanding(files, image)
  const there = standing === 'conflict' ? null : await files.stamp(image.path)
  if (there === null) return []
  // On a host that came back from a copy every file is born anew; only when ours was written is still known.
  return standing === 'after' ? [there, { ctimeNs: there.mtimeNs, birthNs: there.mtimeNs }] : [there]
}

/** The original under its second name still shows it after that name went; nothing else beside the file does. */
function isFading({ image: { keptPath } }: SwapBack): (name: string) => boolean {
  return (name) => name !== basename(keptPath)
}

/** The file alone, without the time of its folder. */
async function swapFileBack(back: SwapBack): Promise<SwappedBack> {
  const kept = await restoreFile(back)
  return { compared: await compareNow(back), kept }
}

/** Makes the file right, leaves nothing of ours beside it, and answers with sentences about what others changed. */
export async function restoreFile(back: SwapBack): Promise<readonly string[]> {
  const { files, image, tag } = back
  const kept = await bringBack(back)
  if (await isWrittenOn(back)) await files.move(image.keptPath, writtenOnPath(back))
  else if (await files.exists(image.keptPath)) await files.remove(image.keptPath)
  await files.sweep(image.folderPath, tag)
  return (await files.exists(writtenOnPath(back))) ? [...kept, writtenOnKept(back)] : kept
}

/** Where the original stays when somebody wrote into it by its second name, or through a handle from before. */
function writtenOnPath({ image, tag }: Pick<SwapBack, 'image' | 'tag'>): string {
  return `${image.path}.kept-${tag}`
}

function writtenOnKept(back: SwapBack): string {
  const { path } = back.image
  return `Somebody else wrote into the original of ${path} while it was aside: what they made of it was kept as ${writtenOnPath(back)}.`
}

/** Does the second name hold bytes that are neither the original ones nor those of the file itself? */
async function isWrittenOn({ files, image }: SwapBack): Promise<boolean> {
  const [kept, there] = await Promise.all([files.stamp(image.keptPath), files.stamp(image.path)])
  if (kept === null || (kept.inode === there?.inode && kept.dev === there.dev)) return false
  const bytes = await files.read(image.keptPath, maxReadBytes).catch(() => null)
  return bytes === null || digestOf(bytes) !== image.beforeDigest
}

/** Would `restoreFile` change nothing any more, because an earlier attempt did it all? */
export async function isRestored({ files, image, tag }: SwapBack): Promise<boolean> {
  if ((await files.list(image.folderPath)).some((name) => name.includes(tag))) return false
  const now = await files.stamp(image.path)
  return now?.mtimeNs === image.before.mtimeNs && (await imageStanding(files, image)) === 'before'
}

/** Makes the file right and answers with sentences about what was left as others made it. */
async function bringBack(back: SwapBack): Promise<readonly string[]> {
  const { files, image } = back
  if (!(await files.exists(image.path))) {
    await original(back)
    return [`${image.path} had been removed by somebody else; the original was restored.`]
  }
  if (back.leave) return []
  if (await isSurelyOurs(back)) return original(back)
  const now = await files.metadata(image.path)
  if (now.kind !== 'file') return notAFile(back, now.kind)
  const bytes = await files.read(image.path, maxReadBytes)
  const digest = digestOf(bytes)
  // A new file of ours never had the flags of the original.
  const flags = digest === image.afterDigest ? image.before.flags : now.flags
  const untouched = sameAttributes(image.before, { ...now, flags })
  if (digest === image.beforeDigest && (now.mtimeNs === image.before.mtimeNs || !untouched)) {
    return untouched ? [] : [attributesKept(image.path)]
  }
  if (digest === image.beforeDigest || digest === image.afterDigest) {
    if (untouched) return original(back)
    await rewrite(back, await readCopy(back.recordFolder, image.copy, image.beforeDigest), image.before)
    return [attributesKept(image.path)]
  }
  const theirs = back.withoutOurs(bytes)
  if (theirs && untouched && digestOf(theirs) === image.beforeDigest) {
    await original(back)
    return [`In ${image.path} somebody else had changed only what we had written: that went with ours.`]
  }
  if (theirs) await rewrite(back, theirs)
  const done = theirs ? 'only our part was taken out' : 'nothing of ours was left in it'
  return [`${image.path} was changed by somebody else meanwhile: their change was kept, ${done}.`]
}

/** The common case, which starts no program: nobody touched what we made, and it was made like the original. */
async function isSurelyOurs({ files, image: { path, before, afterDigest } }: SwapBack): Promise<boolean> {
  const made = await files.asMade(path)
  if (made === null || !hasNothingMore(before)) return false
  if (made.mode !== before.mode || made.uid !== before.uid || made.gid !== before.gid) return false
  return digestOf(await files.read(path, maxReadBytes)) === afterDigest
}

/** A link stays a link: what it leads to is freed of ours, where nobody else could have chosen what that is. */
async function notAFile(back: SwapBack, kind: Metadata['kind']): Promise<readonly string[]> {
  const { files, image, tag } = back
  const left = `${image.path} is a ${kind} now, made by somebody else: it was left so`
  const target = kind === 'link' ? await files.resolve(image.path).catch(() => null) : null
  const bytes = target === null ? null : await files.read(target, maxReadBytes).catch(() => null)
  const theirs = bytes && back.withoutOurs(bytes)
  if (!theirs || target === null) return [`${left}.`]
  if ((await files.changeableParent(target)) !== null) {
    const text = `${image.path} leads to ${target}, which others than root may exchange, and our part is in it`
    throw new ChaosError('cannot-restore', `${text}: take it out by hand.`)
  }
  await files.replace(target, theirs, { tag })
  await files.sweep(dirname(target), tag)
  return [`${left}; our part was taken out of ${target}, to which it leads.`]
}

/** The very same file by one rename; from the saved bytes where the kept name is gone or was changed. */
async function original(back: SwapBack): Promise<readonly string[]> {
  const { files, image } = back
  const { keptPath } = image
  const kept = (await files.exists(keptPath)) ? await files.read(keptPath, maxReadBytes).catch(() => null) : null
  if (kept && digestOf(kept) === image.beforeDigest) await files.putBack(keptPath, image.path)
  else await rewrite(back, await readCopy(back.recordFolder, image.copy, image.beforeDigest), image.before)
  return []
}

async function rewrite(back: SwapBack, bytes: Buffer, like?: Metadata): Promise<void> {
  const { files, image, tag } = back
  await files.replace(image.path, bytes, like ? { like, mtimeNs: like.mtimeNs, tag } : { tag })
}

/** What the file is now, item by item. */
export async function compareNow(back: SwapBack): Promise<readonly Compared[]> {
  const { files, image } = back
  const now = await files.metadata(image.path)
  const digest =
    now.kind === 'file' ? digestOf(await files.read(image.path, maxReadBytes)) : `none: it is a ${now.kind}`
  const bytes = item(`${image.path} bytes`, image.beforeDigest, digest)
  const written = (await files.exists(writtenOnPath(back))) ? [item(writtenOnPath(back), 'not there', 'kept')] : []
  return [bytes, ...compareMetadata(image.path, image.before, now), ...written]
}

function attributesKept(path: string): string {
  return `Mode, owner, ACL or attributes of ${path} were changed by somebody else meanwhile: their change was kept.`
}
