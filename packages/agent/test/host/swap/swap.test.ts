import { execFileSync } from 'node:child_process'
import {
  appendFile,
  chmod,
  chown,
  link,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FileImage, Files } from '../../../src/host/host.ts'
import { tool } from '../../../src/host/linux/tools.ts'
import { filesUnder } from '../../../src/host/simulated/files.ts'
import {
  digestOf,
  imageStanding,
  ownsFolderTime,
  prepareImage,
  readCopy,
  type SwapBack,
  saveCopy,
  swapBack,
  swapIn,
} from '../../../src/host/swap/index.ts'
import { dyingFiles, hasAcl, isRoot, manifest, plant, temporaryFolder } from '../support.ts'

const tag = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
const shout = (bytes: Buffer) => Buffer.from(`${bytes.toString()}!${tag}!`)
const whisper = (bytes: Buffer) => {
  const text = bytes.toString()
  return text.includes(`!${tag}!`) ? Buffer.from(text.replace(`!${tag}!`, '')) : null
}

describe('a file that is swapped', () => {
  let root: string
  let recordFolder: string
  let files: Files
  let prepare: (path?: string) => Promise<FileImage>
  let back: (image: FileImage, through?: Files) => SwapBack

  beforeEach(async () => {
    const folder = await temporaryFolder()
    root = join(folder, 'host')
    recordFolder = join(folder, 'record')
    await mkdir(recordFolder)
    await plant(root, { 'etc/conf': { text: 'original', mode: 0o640 }, 'etc/other': 'x' })
    files = filesUnder(root)
    prepare = (path = '/etc/conf') => prepareImage(files, path, { folder: recordFolder, tag }, 'conf', shout)
    back = (image, through = files) => ({ files: through, image, tag, recordFolder, withoutOurs: whisper })
  })

  it('is described before anything is touched', async () => {
    const before = await manifest(root)
    const image = await prepare()
    expect(image).toMatchObject({
      path: '/etc/conf',
      beforeDigest: digestOf(Buffer.from('original')),
      afterDigest: digestOf(shout(Buffer.from('original'))),
      folderPath: '/etc',
      folderMtimeNs: '1600000000500000000',
      before: { mode: 0o640, mtimeNs: '1700000000250000000' },
    })
    expect(await manifest(root)).toEqual(before)
    expect(await readFile(join(recordFolder, 'conf'), 'utf8')).toBe('original')
  })

  it('is rolled back whole on a host that was restored from a copy made during the failure', async () => {
    const before = await manifest(join(root, 'etc'))
    const image = await prepare()
    await swapIn(files, image, shout, tag)
    const copy = join(recordFolder, '..', 'copy')
    const restore = (from: string, to: string) => execFileSync('cp', ['--archive', '--no-target-directory', from, to])
    restore(join(root, 'etc'), copy)
    await rm(join(root, 'etc'), { recursive: true })
    restore(copy, join(root, 'etc'))
    const { compared, kept } = await swapBack(back(image))
    expect(compared.filter(({ same }) => !same)).toEqual([])
    expect(kept).toEqual([])
    expect(await manifest(join(root, 'etc'))).toEqual(before)
  })

  it('stands before, after, and in conflict', async () => {
    const image = await prepare()
    expect(await imageStanding(files, image)).toBe('before')
    await swapIn(files, image, shout, tag)
    expect(await imageStanding(files, image)).toBe('after')
    await appendFile(join(root, 'etc/conf'), 'theirs')
    expect(await imageStanding(files, image)).toBe('conflict')
    await rm(join(root, 'etc/conf'))
    expect(await imageStanding(files, image)).toBe('conflict')
  })

  it('is unclear where its bytes cannot be read', async () => {
    const image = await prepare()
    await truncate(join(root, 'etc/conf'), 65 * 1024 * 1024)
    expect(await imageStanding(files, image)).toBe('unclear')
  })

  it('is somebody else’s where it is no file any more', async () => {
    const image = await prepare()
    await rm(join(root, 'etc/conf'))
    await mkdir(join(root, 'etc/conf'))
    expect(await imageStanding(files, image)).toBe('conflict')
  })

  it('is refused where others could put another file in its place', async () => {
    await chmod(join(root, 'etc'), 0o777)
    await expect(prepare()).rejects.toMatchObject({
      code: 'cannot-restore',
      message: expect.stringContaining('others'),
    })
  })

  it('does not take a change of the folder for ours that came just after it', async () => {
    const image = await prepare()
    await swapIn(files, image, shout, tag)
    const { ctimeNs } = (await files.stamp('/etc/conf')) ?? { ctimeNs: '0' }
    expect(await ownsFolderTime(back(image))).toBe(true)
    await files.setMtime('/etc', String(BigInt(ctimeNs) + 300_000_000n))
    expect(await ownsFolderTime(back(image))).toBe(false)
  })

  it('keeps mode and owner while it is changed', async () => {
    const image = await prepare()
    await swapIn(files, image, shout, tag)
    expect((await files.metadata('/etc/conf')).mode).toBe(0o640)
    expect((await readdir(join(root, 'etc'))).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('comes back with its inode, its times and a folder as old as before', async () => {
    const before = await manifest(root)
    const { inode } = await files.metadata('/etc/conf')
    const image = await prepare()
    await swapIn(files, image, shout, tag)
    expect((await swapBack(back(image))).kept).toEqual([])
    expect((await files.metadata('/etc/conf')).inode).toBe(inode)
    expect(await manifest(root)).toEqual(before)
  })

  it.skipIf(!isRoot || tool('chattr') === null)('comes back with flags that a new file does not have', async () => {
    const path = join(root, 'etc/conf')
    execFileSync('chattr', ['+A', path])
    const { inode, flags } = await files.metadata('/etc/conf')
    expect(flags).toContain('A')
    const image = await prepare()
    await swapIn(files, image, shout, tag)
    const { compared, kept } = await swapBack(back(image))
    expect(compared.filter(({ same }) => !same)).toEqual([])
    expect(kept).toEqual([])
    expect(await files.metadata('/etc/conf')).toMatchObject({ inode, flags })
  })

  it.skipIf(!hasAcl)('takes nothing over from its folder that the original did not have', async () => {
    execFileSync('setfacl', ['--default', '-m', 'u:12345:rw', join(root, 'etc')])
    const { acl } = await files.metadata('/etc/conf')
    const image = await prepare()
    await swapIn(files, image, shout, tag)
    expect(await files.metadata('/etc/conf')).toMatchObject({ acl, mode: 0o640 })
    expect((await swapBack(back(image))).kept).toEqual([])
  })

  it.skipIf(!hasAcl)('keeps an access list while it is changed', async () => {
    execFileSync('setfacl', ['-m', 'u:12345:r', join(root, 'etc/conf')])
    const { acl } = await files.metadata('/etc/conf')
    const image = await prepare()
    await swapIn(files, image, shout, tag)
    expect((await files.metadata('/etc/conf')).acl).toBe(acl)
    expect((await swapBack(back(image))).kept).toEqual([])
  })

  it.skipIf(!isRoot)('keeps a foreign owner and a set-user-id bit while it is changed', async () => {
    await chown(join(root, 'etc/conf'), 12_345, 12_346)
    await chmod(join(root, 'etc/conf'), 0o4750)
    const image = await prepare()
    await swapIn(files, image, shout, tag)
    expect(await files.metadata('/etc/conf')).toMatchObject({ uid: 12_345, gid: 12_346, mode: 0o4750 })
  })

  it('needs no space to come back: not one new byte is written', async () => {
    const image = await prepare()
    await swapIn(files, image, shout, tag)
    const full: Files = {
      ...files,
      replace: () => Promise.reject(new Error('ENOSPC')),
      keep: () => Promise.reject(new Error('ENOSPC')),
    }
    expect((await swapBack(back(image, full))).compared.every(({ same }) => same)).toBe(true)
  })

  it('comes back when it was saved but never changed', async () => {
    const before = await manifest(root)
    const image = await prepare()
    expect((await swapBack(back(image))).kept).toEqual([])
    expect(await manifest(root)).toEqual(before)
  })

  it('gets its old time again where somebody wrote the old bytes back by hand', async () => {
    const before = await manifest(root)
    const image = await prepare()
    await swapIn(files, image, shout, tag)
    await writeFile(join(root, 'etc/conf'), 'original')
    expect((await swapBack(back(image))).kept).toEqual([])
    expect(await manifest(root)).toEqual(before)
  })

  it('keeps a mode that somebody set, with the old bytes', async () => {
    const image = await prepare()
    await swapIn(files, image, shout, tag)
    await chmod(join(root, 'etc/conf'), 0o600)
    const { kept, compared } = await swapBack(back(image))
    expect(kept).toHaveLength(1)
    expect(compared.filter(({ same }) => !same).map(({ item }) => item)).toContain('/etc/conf mode')
    expect(await readFile(join(root, 'etc/conf'), 'utf8')).toBe('original')
  })

  it('leaves no name of ours behind, whatever happened to the file', async () => {
    for (const happening of ['nothing', 'edited', 'removed', 'rewritten'] as const) {
      await writeFile(join(root, 'etc/conf'), 'original')
      const image = await prepare()
      await swapIn(files, image, shout, tag)
      if (happening === 'edited') await appendFile(join(root, 'etc/conf'), 'theirs')
      if (happening === 'removed') await rm(join(root, 'etc/conf'))
      if (happening === 'rewritten') await writeFile(join(root, 'etc/conf'), 'theirs')
      await swapBack(back(image))
      expect(await readdir(join(root, 'etc')), happening).toEqual(['conf', 'other'])
    }
  })

  it('is rolled back by a second reverter that finds the first one dead at any step', async () => {
    for (let at = 1; ; at += 1) {
      const image = await prepare()
      const before = await manifest(root)
      await swapIn(files, image, shout, tag)
      const dying = dyingFiles(files, at, 'after')
      const died = await swapBack(back(image, dying.files)).then(
        () => false,
        () => true,
      )
      expect((await swapBack(back(image))).kept).toEqual([])
      expect(await manifest(root)).toEqual(before)
      if (!died) break
    }
  })

  it('does not take a change of the folder by somebody else for its own', async () => {
    const image = await prepare()
    await swapIn(files, image, shout, tag)
    expect(await ownsFolderTime(back(image))).toBe(true)
    await utimes(join(root, 'etc'), 1_650_000_000, 1_650_000_000)
    expect(await ownsFolderTime(back(image))).toBe(false)
  })

  it.each([
    ['a folder', async () => mkdir(join(root, 'etc/folder')), '/etc/folder', 'no regular file'],
    [
      'a file with two names',
      async () => link(join(root, 'etc/other'), join(root, 'etc/again')),
      '/etc/other',
      'hard links',
    ],
  ])('is refused when it is %s', async (_, make, path, message) => {
    await make()
    await expect(prepare(path)).rejects.toThrow(message)
  })

  it('is followed through a symbolic link', async () => {
    await symlink('conf', join(root, 'etc/link'))
    expect((await prepare('/etc/link')).path).toBe('/etc/conf')
  })

  it('is refused where the folder has no room for a copy', async () => {
    const full = { ...files, freeBytes: async () => 1000 }
    const preparing = prepareImage(full, '/etc/conf', { folder: recordFolder, tag }, 'conf', shout)
    await expect(preparing).rejects.toMatchObject({ code: 'storage-full' })
  })

  it('is refused where the folder cannot be changed, or the file is a mount', async () => {
    const readOnly = { ...files, writeBlocker: async () => '/etc cannot be changed: the file system is read-only.' }
    const record = { folder: recordFolder, tag }
    await expect(prepareImage(readOnly, '/etc/conf', record, 'conf', shout)).rejects.toThrow('read-only')
    const mounted = { ...files, mountPointsUnder: async () => ['/etc/conf'] }
    await expect(prepareImage(mounted, '/etc/conf', record, 'conf', shout)).rejects.toThrow('mount of its own')
  })

  it('is refused when it is immutable or append-only', async () => {
    const flagged = { ...files, metadata: async (path: string) => ({ ...(await files.metadata(path)), flags: 'a' }) }
    const preparing = prepareImage(flagged, '/etc/conf', { folder: recordFolder, tag }, 'conf', shout)
    await expect(preparing).rejects.toThrow('append-only')
  })
})

describe('the saved copy', () => {
  it('is read back only when it is what was written', async () => {
    const folder = await temporaryFolder()
    const bytes = Buffer.from([0, 255, 13, 10])
    await saveCopy(folder, 'copy', bytes)
    expect(await readCopy(folder, 'copy', digestOf(bytes))).toEqual(bytes)
    await writeFile(join(folder, 'copy'), 'other')
    await expect(readCopy(folder, 'copy', digestOf(bytes))).rejects.toThrow('damaged')
    await rm(join(folder, 'copy'))
    await expect(readCopy(folder, 'copy', digestOf(bytes))).rejects.toMatchObject({ code: 'cannot-restore' })
  })

  it('is for nobody else’s eyes', async () => {
    const folder = await temporaryFolder()
    await saveCopy(folder, 'copy', Buffer.from('secret'))
    expect((await manifest(folder))['/copy']).toMatch(/^100600/)
  })
})
