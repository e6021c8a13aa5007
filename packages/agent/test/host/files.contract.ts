import { chmod, link, lstat, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { keptName, temporaryName } from '../../src/host/artefact.ts'
import type { Files } from '../../src/host/host.ts'
import { manifest, plant } from './support.ts'

/** Where the files of an implementation really lie, so that an independent eye can look. */
export interface FilesUnderTest {
  readonly files: Files
  /** The real folder that plays the role of `given`. */
  readonly root: string
  /** What the implementation calls that folder. */
  readonly given: string
}

/** The contract of the `Files` port: the same sentences for every implementation, on a real file system. */
export function filesContract(name: string, make: () => Promise<FilesUnderTest>): void {
  describe(`the files of ${name}`, () => {
    let files: Files
    let real: (path: string) => string
    let named: (path: string) => string
    beforeEach(async () => {
      const { files: under, root, given } = await make()
      files = under
      real = (path) => join(root, path)
      named = (path) => join(given, path)
      await plant(root, { 'etc/hosts': { text: 'old', mode: 0o604 }, 'etc/other': 'other' })
    })

    it('replace the bytes and keep the mode', async () => {
      await files.replace(named('etc/hosts'), Buffer.from('new'))
      expect(await readFile(real('etc/hosts'), 'utf8')).toBe('new')
      expect((await stat(real('etc/hosts'))).mode & 0o777).toBe(0o604)
      expect(await readdir(real('etc'))).toEqual(['hosts', 'other'])
    })

    it('replace with a modification time to the nanosecond, before 1970 too', async () => {
      for (const mtimeNs of ['1700000000123456789', '1', '-1500000000']) {
        await files.replace(named('etc/hosts'), Buffer.from('new'), { mtimeNs })
        expect((await lstat(real('etc/hosts'), { bigint: true })).mtimeNs).toBe(BigInt(mtimeNs))
      }
    })

    it('make a missing file like the one that was there', async () => {
      const like = await files.metadata(named('etc/hosts'))
      await files.remove(named('etc/hosts'))
      await files.replace(named('etc/hosts'), Buffer.from('new'), { like, mtimeNs: like.mtimeNs })
      const now = await files.metadata(named('etc/hosts'))
      expect(now).toMatchObject({ mode: like.mode, uid: like.uid, acl: like.acl, mtimeNs: like.mtimeNs })
    })

    it('leave nothing behind when a replacement fails', async () => {
      await mkdir(real('etc/folder/full'), { recursive: true })
      await expect(files.replace(named('etc/folder'), Buffer.from('new'))).rejects.toMatchObject({
        code: 'tool-failed',
      })
      expect(await readdir(real('etc'))).toEqual(['folder', 'hosts', 'other'])
    })

    it('keep an original under a second name and put the very same file back', async () => {
      const before = await manifest(real('etc'))
      const { inode } = await files.metadata(named('etc/hosts'))
      await files.keep(named('etc/hosts'), named(`etc/${keptName('T')}`))
      await files.replace(named('etc/hosts'), Buffer.from('new'))
      await files.putBack(named(`etc/${keptName('T')}`), named('etc/hosts'))
      await files.setMtime(named('etc'), '1600000000500000000')
      expect((await files.metadata(named('etc/hosts'))).inode).toBe(inode)
      expect(await manifest(real('etc'))).toEqual(before)
    })

    it('rolled back also where both names mean the same file already', async () => {
      await link(real('etc/hosts'), real('etc/kept'))
      await files.putBack(named('etc/kept'), named('etc/hosts'))
      expect(await readdir(real('etc'))).toEqual(['hosts', 'other'])
    })

    it('move only to a name that is free', async () => {
      await mkdir(real('etc/empty'))
      await mkdir(real('etc/full'))
      for (const taken of ['etc/empty', 'etc/other']) {
        await expect(files.move(named('etc/full'), named(taken))).rejects.toMatchObject({ code: 'already-exists' })
      }
      await files.move(named('etc/full'), named('etc/moved'))
      expect(await readdir(real('etc'))).toContain('moved')
    })

    it('sweep temporary files of one record and no others', async () => {
      for (const own of [temporaryName('A'), temporaryName('A')]) await writeFile(real(`etc/${own}`), '')
      await writeFile(real(`etc/${temporaryName('B')}`), '')
      await writeFile(real(`etc/${keptName('A')}`), '')
      expect(await files.sweep(named('etc'), 'A')).toBe(2)
      expect(await files.sweep(named('etc'), 'A')).toBe(0)
      expect(await readdir(real('etc'))).toHaveLength(4)
    })

    it('make a folder that all may look into, once, and remove it only while it is empty', async () => {
      await files.makeFolder(named('etc/settings'))
      await files.makeFolder(named('etc/settings'))
      expect(await files.metadata(named('etc/settings'))).toMatchObject({ kind: 'folder', mode: 0o755 })
      await files.replace(named('etc/settings/a'), Buffer.from('a'))
      await files.removeEmptyFolder(named('etc/settings'))
      expect(await files.list(named('etc/settings'))).toEqual(['a'])
      await files.remove(named('etc/settings/a'))
      await files.removeEmptyFolder(named('etc/settings'))
      expect(await files.exists(named('etc/settings'))).toBe(false)
      await files.removeEmptyFolder(named('etc/settings'))
    })

    it('make no folder where a file is, or where its parent is missing', async () => {
      await files.replace(named('etc/taken'), Buffer.from('a'))
      await expect(files.makeFolder(named('etc/taken'))).rejects.toThrow(/cannot be made/)
      await expect(files.makeFolder(named('etc/nowhere/deep'))).rejects.toThrow(/cannot be made/)
    })

    it('look at what a path leads to, and say where that lies', async () => {
      await symlink('hosts', real('etc/link'))
      const seen = await files.look(named('etc/link'), async (thing) => {
        await rm(real('etc/link'))
        await symlink('other', real('etc/link'))
        return { ...thing, text: String(await thing.read(100)) }
      })
      expect(seen).toMatchObject({ place: named('etc/hosts'), kind: 'file', sizeBytes: 3, text: 'old' })
      expect(await files.look(named('etc'), async ({ kind }) => kind)).toBe('folder')
      await expect(files.look(named('etc'), (thing) => thing.read(100))).rejects.toMatchObject({
        code: 'cannot-restore',
      })
      await expect(files.look(named('etc/hosts'), (thing) => thing.read(2))).rejects.toThrow('the limit is 2')
    })

    it('look at nothing where nothing is, a link that leads nowhere included', async () => {
      await symlink('nothing', real('etc/dangling'))
      for (const name of ['etc/dangling', 'etc/nothing', 'etc/hosts/below'])
        expect(await files.look(named(name), async () => 'something')).toBeNull()
    })

    it('read no more than allowed', async () => {
      expect((await files.read(named('etc/hosts'), 3)).toString()).toBe('old')
      await expect(files.read(named('etc/hosts'), 2)).rejects.toMatchObject({ code: 'cannot-restore' })
    })

    it('distinguish a link from its target, a file from a folder, and something from nothing', async () => {
      await symlink('hosts', real('etc/link'))
      await symlink('nowhere', real('etc/dangling'))
      expect((await files.metadata(named('etc/link'))).kind).toBe('link')
      expect((await files.metadata(named('etc'))).kind).toBe('folder')
      expect(await files.resolve(named('etc/link'))).toBe(named('etc/hosts'))
      expect(await files.exists(named('etc/dangling'))).toBe(true)
      expect(await files.exists(named('etc/nothing'))).toBe(false)
      expect(await files.stamp(named('etc/nothing'))).toBeNull()
      await expect(files.metadata(named('etc/nothing'))).rejects.toMatchObject({ code: 'not-there' })
    })

    it('set mode and modification time and leave the bytes alone', async () => {
      const before = await files.metadata(named('etc/hosts'))
      await chmod(real('etc/hosts'), 0o777)
      await utimes(real('etc/hosts'), 1, 1)
      await files.setMetadata(named('etc/hosts'), before)
      const now = await files.metadata(named('etc/hosts'))
      expect({ ...now, ctimeNs: '' }).toEqual({ ...before, ctimeNs: '' })
    })

    it('list names in order, measure space, see no mounts in an ordinary folder', async () => {
      expect(await files.list(named('etc'))).toEqual(['hosts', 'other'])
      expect(await files.freeBytes(named('etc'))).toBeGreaterThan(0)
      expect(await files.mountPointsUnder(named('etc'))).toEqual([])
      expect(await files.writeBlocker(named('etc'))).toBeNull()
      expect(await files.writeBlocker(named('nowhere'))).toContain('does not exist')
    })
  })
}
