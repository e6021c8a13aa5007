import { dirname, join } from 'node:path'
import { makeFolders, open, readdir } from '../small-files/index.ts'

/**
 * Makes the names in a folder durable: without this a new or renamed file may be gone after a power cut. Windows has no
 * such call, and needs none on NTFS.
 */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Writes a file that must not exist yet, and its bytes to the disk. The folder is the caller's to sync. */
export async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Overwrites bytes inside a file that has room for them already. */
export async function overwriteAt(path: string, bytes: Uint8Array, position: number): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    let done = 0
    while (done < bytes.length) {
      done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten
    }
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** Creates a private folder with its parents, durably. */
export async function makeFolder(folder: string): Promise<void> {
  const made = await makeFolders(folder)
  if (made === undefined) return
  for (let at = dirname(folder); at.length >= dirname(made).length; at = dirname(at)) {
    await syncFolder(at)
    if (at === dirname(at)) break
  }
}

/** Every regular file below `folder`, as paths relative to it, in order. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/** Makes files that somebody else wrote below `folder` durable, with the folders between; `folder` itself is the caller's. */
export async function syncFiles(folder: string, files: readonly string[]): Promise<void> {
  const between = new Set<string>()
  for (const file of files) {
    for (let at = dirname(file); at !== '.'; at = dirname(at)) between.add(at)
  }
  await Promise.all([...files, ...between].map((name) => syncFolder(join(folder, name))))
}

/** The system's error code, such as `ENOENT`, or null. */
export function codeOf(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null
}
