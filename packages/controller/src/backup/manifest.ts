import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, lstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import * as z from 'zod'
import { Counts } from '../store/index.ts'

/** The name of the list of files, in the folder of a backup. */
export const MANIFEST = 'manifest.json'
const FORMAT = 1

/** What a backup may hold; nothing else is read from it, or written by a restore. */
const FileName = z.string().regex(/^(controller\.db|tls\/[a-z]+\.(pem|key))$/)

/**
 * What a backup says of itself: the hash of each file, and what the database held at least when it was made (UTC ms).
 */
export const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  madeMs: z.int().min(0),
  counts: Counts,
  files: z
    .array(z.strictObject({ name: FileName, bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
    .min(1)
    .max(20),
})
export type Manifest = z.infer<typeof Manifest>

/** Reads the list of a backup and compares every file with it. Throws `wrong-state` for one that is not whole. */
export function checkedManifest(backup: string): Manifest {
  const manifest = readManifest(backup)
  if (!manifest.files.some(({ name }) => name === 'controller.db')) throw damaged(backup, 'it holds no database')
  for (const { name, bytes, sha256 } of manifest.files) {
    const path = join(backup, name)
    const entry = lstatSync(path, { throwIfNoEntry: false })
    if (!entry?.isFile()) throw damaged(backup, `${name} is missing`)
    if (entry.size !== bytes) throw damaged(backup, `${name} has ${entry.size} bytes, ${bytes} were backed up`)
    if (digestOfFile(path) !== sha256) throw damaged(backup, `${name} was changed`)
  }
  return manifest
}

function readManifest(backup: string): Manifest {
  const file = join(backup, MANIFEST)
  let read: unknown
  try {
    read = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw damaged(backup, `its list of files, ${file}, cannot be read: ${sentenceOf(cause)}`, cause)
  }
  const newer = z.object({ format: z.int().min(FORMAT + 1) }).safeParse(read)
  if (newer.success) {
    throw new ChaosError(
      'wrong-state',
      `The backup ${backup} was made by a newer controller. Restore it with that version.`,
    )
  }
  const manifest = Manifest.safeParse(read)
  if (!manifest.success) throw damaged(backup, `its list of files, ${file}, does not have the expected form`)
  return manifest.data
}

/** SHA-256 of a file of any size, hexadecimal. */
export function digestOfFile(path: string): string {
  const handle = openSync(path, 'r')
  try {
    const digest = createHash('sha256')
    const chunk = Buffer.alloc(1024 * 1024)
    for (let read = readSync(handle, chunk); read > 0; read = readSync(handle, chunk))
      digest.update(chunk.subarray(0, read))
    return digest.digest('hex')
  } finally {
    closeSync(handle)
  }
}

/** Makes a file or folder durable. Windows has no such call for folders, and needs none on NTFS. */
export function sync(path: string): void {
  if (process.platform === 'win32' && lstatSync(path).isDirectory()) return
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** The error for a backup that does not fit its manifest: `wrong-state`, before anything is written. */
export function damaged(backup: string, why: string, cause?: unknown): ChaosError {
  return new ChaosError(
    'wrong-state',
    `The backup ${backup} is not whole: ${why}. Nothing was restored. Use another backup.`,
    { cause },
  )
}
