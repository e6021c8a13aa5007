import { open } from '../small-files/index.ts'
import { makeFolders } from '../small-files/make-folders.ts'

/** Makes a folder that only its owner may enter, with its parents. An existing folder keeps its mode. */
export async function makeFolder(folder: string): Promise<void> {
  await makeFolders(folder)
}

/** Makes renames and new names in a folder durable. Windows has no such call, and needs none on NTFS. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
