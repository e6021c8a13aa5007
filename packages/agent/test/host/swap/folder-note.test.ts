import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryName } from '../../../src/host/artefact.ts'
import type { FileImage, Files } from '../../../src/host/host.ts'
import { filesUnder } from '../../../src/host/simulated/files.ts'
import { folderNote, noteFolder, prepareImage, type SwapBack, swapBack, swapIn } from '../../../src/host/swap/index.ts'
import { dyingFiles, manifest, plant, temporaryFolder } from '../support.ts'

const tag = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
const shout = (bytes: Buffer) => Buffer.from(`${bytes}!`)

describe('the time of a folder', () => {
  let root: string
  let recordFolder: string
  let files: Files
  let image: FileImage
  const back = (through = files): SwapBack => ({
    ...{ files: through, image, tag, recordFolder },
    withoutOurs: (bytes) => Buffer.from(String(bytes).replace('!', '')),
  })

  beforeEach(async () => {
    const folder = await temporaryFolder()
    root = join(folder, 'host')
    recordFolder = join(folder, 'record')
    await mkdir(recordFolder)
    await plant(root, { 'etc/conf': 'original' })
    const real = filesUnder(root)
    // As on a host, whose files were made long ago: until ours takes its place, this one shows nothing of us.
    const planted = (await real.stamp('/etc/conf'))?.birthNs
    const old = { ctimeNs: '1600000000000000000', birthNs: '1600000000000000000' }
    const stamp: Files['stamp'] = async (path) => {
      const now = await real.stamp(path)
      return now !== null && now.birthNs === planted && path === '/etc/conf' ? { ...now, ...old } : now
    }
    files = { ...real, stamp }
    image = await prepareImage(files, '/etc/conf', { folder: recordFolder, tag }, 'conf', shout)
  })

  it('comes back when the only file that showed it went, and we died again before it did', async () => {
    const before = await manifest(root)
    // Killed before the original was touched.
    await writeFile(join(root, 'etc', temporaryName(tag)), 'half')
    const dying = dyingFiles(files, 1, 'after')
    await expect(swapBack(back(dying.files))).rejects.toThrow('after step 1')
    expect(await manifest(root)).not.toEqual(before)
    expect((await swapBack(back())).kept).toEqual([])
    expect(await manifest(root)).toEqual(before)
  })

  it('stays as somebody else made it, however often we rolled back', async () => {
    await swapIn(files, image, shout, tag)
    // Far enough from us for the clock of the kernel to have gone on.
    const { ctimeMs } = await stat(join(root, 'etc/conf'))
    await expect.poll(() => Date.now()).toBeGreaterThan(ctimeMs + 100)
    await writeFile(join(root, 'etc/theirs'), 'theirs')
    for (const attempt of [1, 2, 3]) {
      const { kept, compared } = await swapBack(back())
      expect(kept, `attempt ${attempt}`).toEqual([expect.stringContaining('Somebody else changed what lies in /etc')])
      expect(compared.at(-1)).toMatchObject({ same: false })
    }
  })

  it('is judged by the files alone where the note is not to be understood', async () => {
    await writeFile(join(recordFolder, 'conf.folder'), 'rubbish')
    expect(await folderNote(recordFolder, 'conf')).toBeNull()
    expect(await folderNote(join(recordFolder, 'gone'), 'conf')).toBeNull()
  })

  it('is noted anew over what a crash left half written', async () => {
    await writeFile(join(recordFolder, 'conf.folder.new'), '{"ou')
    await noteFolder(recordFolder, 'conf', { ours: true, atNs: '5' })
    expect(await folderNote(recordFolder, 'conf')).toMatchObject({ ours: true, atNs: '5' })
    expect(await readFile(join(recordFolder, 'conf.folder'), 'utf8')).toBe('{"ours":true,"atNs":"5"}')
  })

  it('is noted younger where there is no room for another note that says the same', async () => {
    await noteFolder(recordFolder, 'conf', { ours: true, atNs: '5' })
    const { ctimeNs } = (await folderNote(recordFolder, 'conf')) ?? { ctimeNs: '0' }
    // Stands in the way of every new note, as a full disk does.
    await mkdir(join(recordFolder, 'conf.folder.new'))
    await expect
      .poll(async () => {
        await noteFolder(recordFolder, 'conf', { ours: true, atNs: '6' })
        return BigInt((await folderNote(recordFolder, 'conf'))?.ctimeNs ?? 0)
      })
      .toBeGreaterThan(BigInt(ctimeNs))
    const younger = await folderNote(recordFolder, 'conf')
    await noteFolder(recordFolder, 'conf', { ours: false, atNs: '7' })
    expect(await folderNote(recordFolder, 'conf')).toEqual(younger)
  })

  it('is not noted where there is no room, and nothing fails', async () => {
    await noteFolder(join(recordFolder, 'gone'), 'conf', { ours: true, atNs: '5' })
    expect(await folderNote(join(recordFolder, 'gone'), 'conf')).toBeNull()
  })
})
