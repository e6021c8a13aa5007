import { dirname, join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { keptName } from '../artefact.ts'
import type { FileImage, Files } from '../host.ts'
import type { Metadata } from '../image.ts'
import { digestOf } from './digest.ts'
import { saveCopy } from './record-copy.ts'

/** Larger files are refused: what is saved must fit beside the journal. */
export const maxFileBytes = 5 * 1024 * 1024
/** Others may have made it larger meanwhile: that must not keep our part in it. */
export const maxReadBytes = 64 * 1024 * 1024

/**
 * Reads a file that is to be replaced and saves its bytes in the record's folder. Throws `cannot-restore`, with what to
 * do about it, where it could not be rolled back exactly.
 */
export async function prepareImage(
  files: Files,
  given: string,
  record: { readonly folder: string; readonly tag: string },
  copy: string,
  after: (before: Buffer) => Buffer,
): Promise<FileImage> {
  const path = await files.resolve(given)
  const folder = dirname(path)
  const before = await files.metadata(path)
  const refusal =
    refusalOf(path, before) ??
    (await files.writeBlocker(folder)) ??
    (await mounted(files, path)) ??
    (await changeable(files, path))
  if (refusal) throw new ChaosError('cannot-restore', refusal)
  const bytes = await files.read(path, maxFileBytes)
  // Looked at now, so that the inject finds it known and starts no program.
  await files.isPlain(path)
  if ((await files.freeBytes(folder)) < 4 * bytes.length + 65_536) {
    throw new ChaosError('storage-full', `There is no room in ${folder} for a copy of ${path}; nothing was touched.`)
  }
  await saveCopy(record.folder, copy, bytes)
  const folderStamp = await files.stamp(folder)
  return {
    path,
    before,
    beforeDigest: digestOf(bytes),
    afterDigest: digestOf(after(bytes)),
    folderPath: folder,
    folderMtimeNs: folderStamp?.mtimeNs ?? before.mtimeNs,
    keptPath: join(folder, `${keptName(record.tag)}-${copy}`),
    copy,
  }
}

function refusalOf(path: string, before: Metadata): string | null {
  if (before.kind !== 'file') return `${path} is no regular file.`
  if (before.links > 1)
    return `${path} has ${before.links} hard links: a replacement would part them. Remove the others.`
  if (/[ia]/.test(before.flags ?? '')) return `${path} is immutable or append-only (lsattr): somebody means it to stay.`
  return null
}

/** It is replaced by its name: nobody else may be able to give that name to another file between two steps. */
async function changeable(files: Files, path: string): Promise<string | null> {
  const parent = await files.changeableParent(path)
  if (parent === null) return null
  return `${path} lies below ${parent}, where others than root may put another thing in its place: not safe to replace.`
}

async function mounted(files: Files, path: string): Promise<string | null> {
  const mounts = await files.mountPointsUnder(path)
  return mounts.length === 0 ? null : `${path} is a mount of its own (a container?): it cannot be replaced by a rename.`
}
