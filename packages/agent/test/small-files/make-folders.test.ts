import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeFolders } from '../../src/small-files/make-folders.ts'
import { temporaryFolder } from '../fixtures/local-host.ts'

describe('a folder with all that leads to it', () => {
  test('is made, and the first one that was missing is named', async () => {
    const at = await temporaryFolder()
    expect(await makeFolders(join(at, 'a', 'b', 'c'))).toBe(join(at, 'a'))
    expect(await makeFolders(join(at, 'a', 'b', 'c'))).toBeUndefined()
  })

  // Node.js's own recursive mkdir would never return.
  test('is refused at once where the system lets nobody make one', async () => {
    await expect(makeFolders('/proc/chaos-lite/data')).rejects.toThrow(/mkdir '\/proc\/chaos-lite'/)
  })

  test('is refused below a file, in the place of a file, and behind a link that leads nowhere', async () => {
    const at = await temporaryFolder()
    await writeFile(join(at, 'file'), '')
    await symlink('nowhere', join(at, 'link'))
    for (const name of ['file', 'file/deep/data', 'link', 'link/data'])
      await expect(makeFolders(join(at, name))).rejects.toThrow(/ENOTDIR|EEXIST|ENOENT/)
  })
})
