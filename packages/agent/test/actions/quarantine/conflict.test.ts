import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataQuarantine } from '../../../src/actions/quarantine/folder.ts'
import type { QuarantineUndo } from '../../../src/actions/quarantine/quarantine-undo.ts'
import { writeReplacement } from '../../../src/replacement/replacement.ts'
import { manifest, renumbered } from '../../host/support.ts'
import { inject, prepare, stage } from '../support.ts'
import { restoreCopy } from './support.ts'

const files = { 'srv/data/a.txt': 'a', 'srv/data/deep/b.txt': 'b' }
const params = { folder: '/srv/data' }

async function away() {
  const made = await stage(files)
  const failure = await inject(dataQuarantine, made.context, params)
  const { movedTo, keptAs } = failure.undo as QuarantineUndo
  return { ...made, ...failure, movedTo: join(made.root, movedTo), keptAs, at: join(made.root, 'srv/data') }
}

describe('data.quarantine, when somebody else acts meanwhile', () => {
  it.each([
    ['a folder', (at: string) => mkdir(at)],
    ['a file', (at: string) => writeFile(at, 'theirs')],
    ['a link to the folder that was moved', (at: string) => symlink('data', at)],
    ['a dangling link', (at: string) => symlink('/nowhere', at)],
  ])('keeps %s that they put in its place, beside the original', async (_, put) => {
    const { root, at, keptAs, revert, standing } = await away()
    await put(at)
    const theirs = (await manifest(root))['/srv/data']
    const reverted = await revert()
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining(keptAs)] })
    expect((await manifest(root))[keptAs]).toBe(theirs)
    expect(await readFile(join(at, 'a.txt'), 'utf8')).toBe('a')
    expect(await standing()).toBe('before')
  })

  it('keeps a folder that only has the inode number of the copy that we had restored', async () => {
    const { root, at, host, context, keptAs, revert } = await away()
    await mkdir(at)
    await writeFile(join(at, 'theirs'), 'x')
    const { dev, inode, birthNs } = await host.files.metadata('/srv/data')
    await writeReplacement(context.recordFolder, { dev, inode, birthNs: String(BigInt(birthNs) - 1_000_000_000n) })
    expect((await revert()).restoration).toBe('ours undone')
    expect(await readdir(join(root, keptAs))).toEqual(['theirs'])
  })

  it('keeps two folders, the second made after a revert that died', async () => {
    const { root, at, keptAs, revert } = await away()
    await mkdir(join(root, keptAs))
    await mkdir(at)
    await writeFile(join(at, 'second'), '')
    const reverted = await revert()
    expect(reverted.restoration).toBe('ours undone')
    expect(reverted.kept.join(' ')).toContain(`${keptAs}-2`)
    expect(await readdir(join(root, `${keptAs}-2`))).toEqual(['second'])
    expect((await revert()).kept).toEqual(reverted.kept)
  })

  it('gets its place back from a program that makes the folder anew again and again', async () => {
    const { root, at, host, context, undo } = await away()
    let left = 3
    const files: typeof host.files = {
      ...host.files,
      move: async (from, to) => {
        if (to === '/srv/data' && left-- > 0) await mkdir(at)
        return host.files.move(from, to)
      },
    }
    const reverted = await dataQuarantine.revert({ ...context, host: { ...host, files } }, undo)
    expect(reverted.restoration).toBe('ours undone')
    expect(reverted.kept).toHaveLength(3)
    expect(await readdir(at)).toEqual(['a.txt', 'deep'])
    expect((await readdir(join(root, 'srv'))).length).toBe(4)
  })

  it('gives up in plain words where that program never stops, and loses nothing', async () => {
    const { at, host, context, undo, movedTo } = await away()
    const files: typeof host.files = {
      ...host.files,
      move: async (from, to) => {
        if (to === '/srv/data') await mkdir(at)
        return host.files.move(from, to)
      },
    }
    await expect(dataQuarantine.revert({ ...context, host: { ...host, files } }, undo)).rejects.toThrow(
      'again and again',
    )
    expect(await readdir(movedTo)).toEqual(['a.txt', 'deep'])
  })

  it('says that something was put into the folder while it was aside, and leaves it there', async () => {
    const { at, movedTo, revert } = await away()
    await writeFile(join(movedTo, 'theirs'), 'x')
    expect(await revert()).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('times of')] })
    expect(await readdir(at)).toEqual(['a.txt', 'deep', 'theirs'])
  })

  it('asks a person where another folder lies at the place it was moved to', async () => {
    const { root, movedTo, revert, standing } = await away()
    await rename(movedTo, join(root, 'srv/elsewhere'))
    await mkdir(movedTo)
    expect(await standing()).toBe('conflict')
    await expect(revert()).rejects.toMatchObject({
      code: 'cannot-restore',
      message: expect.stringContaining('by hand'),
    })
  })

  it('says so where the whole file system is away, and judges nobody by what is there instead', async () => {
    const { host, context, undo, revert } = await away()
    const files: typeof host.files = {
      ...host.files,
      exists: async (path) => path === '/srv',
      stamp: async (path) => {
        const stamp = await host.files.stamp(path)
        if (path !== '/srv') return null
        return stamp && { ...stamp, dev: '1' }
      },
    }
    const gone = { ...context, host: { ...host, files } }
    await expect(dataQuarantine.revert(gone, undo)).rejects.toThrow('is not mounted at /srv now')
    expect(await revert()).toMatchObject({ restoration: 'identical', kept: [] })
  })

  it('does not ask to mount what is mounted, where the disk has another number and no birth identifies the folder', async () => {
    const { host, context, undo } = await away()
    const files = renumbered({
      ...host.files,
      stamp: async (path) => {
        const stamp = await host.files.stamp(path)
        return stamp && { ...stamp, birthNs: '0' }
      },
    })
    const anew = { ...context, host: { ...host, files } }
    await expect(dataQuarantine.revert(anew, undo)).rejects.toThrow('not the very same folder that was moved there')
  })

  it('does not keep another folder away that was put there between the look and the rename', async () => {
    const { root, host, context } = await stage(files)
    const undo = await prepare(dataQuarantine, context, params)
    const before = await manifest(root)
    const files_: typeof host.files = {
      ...host.files,
      move: async (from, to) => {
        if (from === '/srv/data') {
          await rename(join(root, 'srv/data'), join(root, 'srv/old'))
          await mkdir(join(root, 'srv/data'))
        }
        return host.files.move(from, to)
      },
    }
    const racing = { ...context, host: { ...host, files: files_ } }
    await expect(dataQuarantine.inject(racing, params, undo)).rejects.toThrow('exchanged for another')
    expect((await readdir(join(root, 'srv'))).sort()).toEqual(['data', 'old'])
    expect((await manifest(root))['/srv/old/a.txt']).toBe(before['/srv/data/a.txt'])
  })
})

/** What others may do in the folder's place and beside it, as a model: names and what lies there. */
const acts = fc.array(
  fc.record({
    what: fc.constantFrom('make', 'replace', 'drop', 'beside', 'inside', 'restore', 'work'),
    name: fc.constantFrom('x', 'y'),
  }),
  { maxLength: 6 },
)

describe('data.quarantine, whatever others do in any order', () => {
  it('brings the original back, loses nothing of theirs, and says whether anything is theirs', {
    timeout: 300_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (order) => {
        const { root, at, context, host, revert, keptAs } = await away()
        let place: string[] | null = null
        let restored = false
        const beside = new Set<string>()
        let inside = false
        const { movedTo } = { movedTo: join(root, `srv/data.chaos-lite-${context.recordId}`) }
        for (const { what, name } of order) {
          if (what === 'make' || what === 'replace') {
            if (what === 'replace') await rm(at, { recursive: true, force: true })
            else if (place !== null) continue
            await mkdir(at)
            await writeFile(join(at, name), name)
            place = [name]
            restored = false
          } else if (what === 'drop') {
            await rm(at, { recursive: true, force: true })
            place = null
            restored = false
          } else if (what === 'beside') {
            await writeFile(join(root, 'srv', name), name)
            beside.add(name)
          } else if (what === 'inside') {
            await writeFile(join(movedTo, name), name)
            inside = true
          } else if (what === 'work') {
            if (place === null || place.includes(name)) continue
            await writeFile(join(at, name), name)
            place = [...place, name].sort()
            restored = false
          } else if (place === null) {
            await restoreCopy({ root, host, context })
            place = []
            restored = true
          }
        }
        const reverted = await revert()
        const theirs = place !== null && !restored
        const names = ['data', ...beside, ...(theirs ? [keptAs.slice('/srv/'.length)] : [])]
        expect((await readdir(join(root, 'srv'))).sort()).toEqual(names.sort())
        if (theirs) expect(await readdir(join(root, keptAs))).toEqual(place)
        expect(await readFile(join(at, 'deep/b.txt'), 'utf8')).toBe('b')
        if (theirs || inside) expect(reverted.restoration).toBe('ours undone')
        if (order.length === 0) expect(reverted.restoration).toBe('identical')
        expect(reverted.restoration).not.toBe('unknown')
      }),
      { numRuns: Number(process.env.CHAOS_LITE_PROPERTY_RUNS ?? 8) },
    )
  })
})
