import { link, lstat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { linuxFiles } from '../../../src/host/linux/files/index.ts'
import { temporaryFolder } from '../support.ts'

describe('room on a file system', () => {
  it('is reported with the kind of the file system', async () => {
    const { freeBytes, totalBytes } = await linuxFiles.space(await temporaryFolder())
    expect(freeBytes).toBeGreaterThan(0)
    expect(totalBytes).toBeGreaterThan(freeBytes)
  })

  it('is on no disk in memory, and in what the kernel makes up', async () => {
    expect((await linuxFiles.space('/proc')).onDisk).toBeNull()
    expect((await linuxFiles.space('/dev/shm')).onDisk).toBeNull()
  })

  it('is not known of what does not exist', async () => {
    await expect(linuxFiles.space('/no/such/folder')).rejects.toMatchObject({ code: 'not-there' })
  })
})

describe('a file that takes room', () => {
  it('is made once, for its owner only', async () => {
    const path = join(await temporaryFolder(), 'fill')
    await linuxFiles.create(path)
    expect((await lstat(path)).mode & 0o777).toBe(0o600)
    await expect(linuxFiles.create(path)).rejects.toThrow('cannot be made')
  })

  it('grows by blocks that are really taken, and shrinks', async () => {
    const path = join(await temporaryFolder(), 'fill')
    await linuxFiles.create(path)
    for (const bytes of [3_000_000, 5_000_001, 1000, 0]) {
      await linuxFiles.allocate(path, bytes)
      const { size, blocks } = await lstat(path)
      expect(size).toBe(bytes)
      expect(blocks * 512).toBeGreaterThanOrEqual(bytes)
    }
  })

  it('is never another file that a link leads to', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'precious'), 'precious')
    await symlink(join(folder, 'precious'), join(folder, 'fill'))
    await expect(linuxFiles.allocate(join(folder, 'fill'), 1)).rejects.toThrow('cannot be changed')
    expect((await lstat(join(folder, 'precious'))).size).toBe(8)
  })

  it('is never another file to which somebody gave its name', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'precious'), 'precious')
    await link(join(folder, 'precious'), join(folder, 'fill'))
    for (const bytes of [1, 1000]) {
      await expect(linuxFiles.allocate(join(folder, 'fill'), bytes)).rejects.toMatchObject({ code: 'wrong-state' })
    }
    expect((await lstat(join(folder, 'precious'))).size).toBe(8)
  })

  it('is not made where nothing is', async () => {
    await expect(linuxFiles.allocate(join(await temporaryFolder(), 'none'), 1)).rejects.toMatchObject({
      code: 'not-there',
    })
  })
})
