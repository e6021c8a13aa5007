import { chmod, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { RepositoryDefinition } from '../../src/definitions/definitions.ts'
import { folderIsOurs } from '../../src/host/swap/index.ts'
import { readReplacement, replacementFolder, wipeNoted, writeReplacement } from '../../src/replacement/replacement.ts'
import { localHost, temporaryFolder } from '../fixtures/local-host.ts'
import { contentsOf, liveFolder, prepareRestore, resticRepository, restore, tool } from './support.ts'

const RECORD = '01ARZ3NDEKTSV4RRFFQ69G5FAV'

/** A folder that a data.quarantine has moved aside. */
async function quarantined(make: (base: string, live: string) => Promise<RepositoryDefinition>) {
  const { base, live } = await liveFolder()
  const repository = await make(base, live)
  const movedTo = `${live}.moved`
  const recordFolder = join(base, 'record')
  await mkdir(recordFolder)
  await rename(live, movedTo)
  const quarantine = (folder: string) => (folder === live ? { recordId: RECORD, movedTo, recordFolder } : null)
  return { base, live, movedTo, recordFolder, repository, quarantine }
}

const makers: Record<string, (base: string, live: string) => Promise<RepositoryDefinition>> = {
  restic: resticRepository,
  async 'tar.gz'(base, live) {
    await tool('tar', ['-czf', join(base, 'a.tar.gz'), '-C', dirname(live), 'share'])
    return { driver: 'archive', location: join(base, 'a.tar.gz'), inside: 'share', compareWith: live }
  },
  async folder(base, live) {
    await tool('cp', ['-a', live, join(base, 'copy')])
    return { driver: 'folder', location: join(base, 'copy'), compareWith: live }
  },
}

describe.each(Object.entries(makers))('a restore into place from %s', (_name, make) => {
  it('takes the place of the folder and leaves word of which folder that is', async () => {
    const { live, movedTo, recordFolder, repository, quarantine } = await quarantined(make)
    const result = await restore(repository, { folder: live, into: 'place' }, { quarantine })
    expect(result).toMatchObject({ ok: true, differences: [] })
    expect(result.reason).toContain(`compared with ${movedTo}`)
    expect(result.phases).toEqual(['open', 'list', 'restore', 'place', 'compare', 'wipe'])
    expect(await readFile(join(live, 'readme.txt'), 'utf8')).toBe('hello')
    const { dev, ino, birthtimeNs } = await stat(live, { bigint: true })
    const made = { format: 1, dev: String(dev), inode: String(ino), birthNs: String(birthtimeNs) }
    expect(await readReplacement(recordFolder)).toEqual(made)
    expect(await readdir(dirname(live))).toEqual(['share', 'share.moved'])
    expect(await readdir(result.scratch)).toEqual([])
  })

  it('gives it the mode and owner of the original', async () => {
    const { live, movedTo, repository, quarantine } = await quarantined(make)
    await restore(repository, { folder: live, into: 'place' }, { quarantine })
    const [now, before] = [await stat(live), await stat(movedTo)]
    expect([now.mode, now.uid, now.gid]).toEqual([before.mode, before.uid, before.gid])
  })
})

describe('a restore into place', () => {
  const make = makers['tar.gz'] as (base: string, live: string) => Promise<RepositoryDefinition>

  it('is refused where others could lead what the backup tool writes elsewhere', async () => {
    const { live, base, repository, quarantine } = await quarantined(make)
    await chmod(dirname(live), 0o777)
    const result = await restore(repository, { folder: live, into: 'place' }, { quarantine })
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('can be changed by others than root') })
    expect((await readdir(base)).filter((name) => name.includes('restore'))).toEqual([])
  })

  it('is refused there while planning already, and only into place', async () => {
    const { base, live } = await liveFolder()
    const repository = await resticRepository(base, live)
    await expect(prepareRestore(repository, { folder: live, into: 'place' })).resolves.toHaveLength(4)
    await chmod(dirname(live), 0o777)
    await expect(prepareRestore(repository, { folder: live, into: 'place' })).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringMatching(/srv can be changed by others than root.+restore into scratch instead/),
    })
    await expect(prepareRestore(repository, { folder: live })).resolves.toHaveLength(4)
  })

  it('is refused while planning where the folder leads over a link or lies nowhere', async () => {
    const { base, live } = await liveFolder()
    const repository = await resticRepository(base, live)
    await symlink(dirname(live), join(base, 'link'))
    for (const folder of [join(base, 'link', 'share'), join(base, 'nowhere', 'share')]) {
      const elsewhere = { ...repository, inside: live }
      await expect(prepareRestore(elsewhere, { folder, into: 'place' })).rejects.toMatchObject({
        code: expect.stringMatching(/not-allowed|not-there/),
      })
    }
  })

  it('is refused unless this run holds the folder in quarantine', async () => {
    const { live, repository } = await quarantined(make)
    const result = await restore(repository, { folder: live, into: 'place' })
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('does not hold') })
    expect(await readdir(dirname(live))).toEqual(['share.moved'])
  })

  it('leaves alone what somebody else put there meanwhile', async () => {
    const { live, recordFolder, repository, quarantine } = await quarantined(make)
    await mkdir(live)
    await writeFile(join(live, 'theirs'), 'x')
    const result = await restore(repository, { folder: live, into: 'place' }, { quarantine })
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('it is left alone') })
    expect(await readdir(live)).toEqual(['theirs'])
    expect(await readReplacement(recordFolder)).toBeNull()
  })

  it('takes everything back, the word included, when the backup fails half-way', async () => {
    const { live, movedTo, recordFolder, repository, quarantine } = await quarantined(make)
    const before = await contentsOf(movedTo)
    const bytes = await readFile(repository.location)
    await writeFile(repository.location, bytes.subarray(0, bytes.length - 40))
    const result = await restore(repository, { folder: live, into: 'place' }, { quarantine })
    expect(result.ok).toBe(false)
    expect(await readdir(dirname(live))).toEqual(['share.moved'])
    expect(await readReplacement(recordFolder)).toBeNull()
    expect(await contentsOf(movedTo)).toEqual(before)
  })

  it('knows its own wiping afterwards on a host so busy that each step takes long', async () => {
    const { live, recordFolder, repository, quarantine } = await quarantined(resticRepository)
    const real = localHost()
    const slowly =
      <T>(act: (path: string) => Promise<T>) =>
      async (path: string) => {
        const began = performance.now()
        await vi.waitUntil(() => performance.now() - began > 60)
        return act(path)
      }
    const { remove, removeEmptyFolder } = real.files
    const files = { ...real.files, remove: slowly(remove), removeEmptyFolder: slowly(removeEmptyFolder) }
    await restore(repository, { folder: live, into: 'place' }, { quarantine, host: { ...real, files } })
    expect(
      await folderIsOurs({
        files: real.files,
        folder: dirname(live),
        beforeNs: '0',
        witnesses: [await wipeNoted(recordFolder)],
        exact: true,
      }),
    ).toBe(true)
  })

  it('keeps the word when the rename was done and only its sync failed', async () => {
    const { live, recordFolder, repository, quarantine } = await quarantined(make)
    const real = localHost()
    const files = {
      ...real.files,
      async move(from: string, to: string) {
        await rename(from, to)
        throw new Error('EIO: sync failed')
      },
    }
    const result = await restore(repository, { folder: live, into: 'place' }, { quarantine, host: { ...real, files } })
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('EIO') })
    const { ino } = await stat(live, { bigint: true })
    expect(await readReplacement(recordFolder)).toMatchObject({ inode: String(ino) })
  })

  it('clears away what an interrupted one left behind', async () => {
    const { live, repository, quarantine } = await quarantined(make)
    const left = replacementFolder(live, RECORD)
    await mkdir(left)
    await writeFile(join(left, 'half'), 'x')
    expect(await restore(repository, { folder: live, into: 'place' }, { quarantine })).toMatchObject({ ok: true })
    expect(await readdir(dirname(live))).toEqual(['share', 'share.moved'])
  })

  it('needs a folder', async () => {
    const { repository, quarantine } = await quarantined(make)
    expect(await restore(repository, { into: 'place' }, { quarantine })).toMatchObject({ ok: false })
  })
})

describe('the word about a replacement', () => {
  it('is read back as it was written, and absent when there is none', async () => {
    const folder = await temporaryFolder()
    expect(await readReplacement(folder)).toBeNull()
    await writeReplacement(folder, { dev: '2049', inode: '18446744073709551615' })
    expect(await readReplacement(folder)).toEqual({ format: 1, dev: '2049', inode: '18446744073709551615' })
  })

  it('is never taken for another when it is damaged', async () => {
    const folder = await temporaryFolder()
    for (const text of ['', '{', '{"format":2,"dev":"1","inode":"2"}', 'null', '{"format":1,"dev":1,"inode":2}']) {
      await writeFile(join(folder, 'replacement.json'), text)
      await expect(readReplacement(folder)).rejects.toThrow()
    }
  })
})
