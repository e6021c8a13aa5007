import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FileImage, Files } from '../../../src/host/host.ts'
import { filesUnder } from '../../../src/host/simulated/files.ts'
import { prepareImage, type SwapBack, swapAllBack, swapIn } from '../../../src/host/swap/index.ts'
import { Crash, dyingFiles, manifest, plant, temporaryFolder } from '../support.ts'

const tag = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
const other = () => Buffer.from('ours')

describe('files that are swapped together', () => {
  let root: string
  let recordFolder: string
  let files: Files
  let images: FileImage[]

  beforeEach(async () => {
    const folder = await temporaryFolder()
    root = join(folder, 'host')
    recordFolder = join(folder, 'record')
    await mkdir(recordFolder)
    await plant(root, { 'etc/a': 'first', 'etc/b': { text: 'second', mode: 0o640 }, 'srv/c': 'third' })
    files = filesUnder(root)
    images = []
  })

  const swapAll = async () => {
    for (const path of ['/etc/a', '/etc/b', '/srv/c']) {
      images.push(await prepareImage(files, path, { folder: recordFolder, tag }, path.slice(5), other))
    }
    for (const image of images) await swapIn(files, image, other, tag)
  }
  const backs = (through: Files = files): SwapBack[] =>
    images.map((image) => ({ files: through, image, tag, recordFolder, withoutOurs: () => null }))

  it('are as before afterwards, their folders too, whatever step it dies at', async () => {
    const before = await manifest(root)
    let deaths = 0
    for (let at = 1, died = true; died; at += 1) {
      images = []
      await swapAll()
      died = await swapAllBack(backs(dyingFiles(files, at, 'after').files)).then(
        () => false,
        (thrown) => {
          if (!(thrown instanceof Crash)) throw thrown
          return true
        },
      )
      const { compared, kept } = await swapAllBack(backs())
      expect(compared.filter(({ same }) => !same)).toEqual([])
      expect(kept).toEqual([])
      expect(await manifest(root)).toEqual(before)
      if (died) deaths += 1
    }
    expect(deaths).toBeGreaterThan(5)
  })

  it('are judged one by one: what somebody else wrote into one of them stays', async () => {
    await swapAll()
    await appendFile(join(root, 'etc/b'), ' and theirs')
    const { compared, kept } = await swapAllBack(backs())
    expect(kept).toEqual([expect.stringContaining('/etc/b was changed by somebody else meanwhile')])
    const theirs = compared.filter(({ same }) => !same).map(({ item }) => item)
    expect(theirs).toEqual(expect.arrayContaining(['/etc/b bytes']))
    expect(theirs.some((item) => item.startsWith('/etc/a') || item.startsWith('/srv'))).toBe(false)
  })

  it('give each folder its own time: a change in one of them says nothing of the other', async () => {
    await swapAll()
    // Later than anything of ours, by the clock of the file system.
    await expect
      .poll(
        async () => {
          await writeFile(join(root, 'etc/theirs'), String(performance.now()))
          const [folder, ours] = await Promise.all([files.stamp('/etc/theirs'), files.stamp('/etc/b')])
          return BigInt(folder?.ctimeNs ?? 0) - BigInt(ours?.ctimeNs ?? 0) > 40_000_000n
        },
        { timeout: 60_000 },
      )
      .toBe(true)
    await writeFile(join(root, 'etc/theirs-too'), '')
    const { compared, kept } = await swapAllBack(backs())
    expect(kept).toEqual([expect.stringContaining('what lies in /etc meanwhile')])
    expect(compared.filter(({ same }) => !same).map(({ item }) => item)).toEqual(['/etc modification time (ns)'])
  })
})
