import { execFileSync } from 'node:child_process'
import { mkdir, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataQuarantine } from '../../../src/actions/quarantine/folder.ts'
import type { QuarantineUndo } from '../../../src/actions/quarantine/quarantine-undo.ts'
import { folderIsOurs } from '../../../src/host/swap/index.ts'
import { noteWipe, replacementFolder, wipeNoted } from '../../../src/replacement/replacement.ts'
import { said } from '../../fixtures/said.ts'
import { manifest, renumbered } from '../../host/support.ts'
import { inject, prepare, stage } from '../support.ts'
import { restoreCopy } from './support.ts'

const files = { 'srv/data/a.txt': 'a', 'srv/data/deep/b.txt': 'b' }
const params = { folder: '/srv/data' }

describe('data.quarantine', () => {
  it('moves the folder aside, and back', async () => {
    const { root, host, context } = await stage(files)
    const before = await manifest(root)
    const failure = await inject(dataQuarantine, context, params)
    expect(await host.files.exists('/srv/data')).toBe(false)
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await failure.standing()).toBe('before')
    expect(await manifest(root)).toEqual(before)
  })

  it('says what lies there, and moves nothing, on a host that was restored from a copy', async () => {
    const { root, context } = await stage(files)
    const failure = await inject(dataQuarantine, context, params)
    const [aside = ''] = (await readdir(join(root, 'srv'))).filter((name) => name.startsWith('data.'))
    const copy = (from: string, to: string) => execFileSync('cp', ['--archive', '--no-target-directory', from, to])
    // Not removed: a file system may give its number to the copy.
    await rename(join(root, 'srv', aside), join(root, 'old'))
    copy(join(root, 'old'), join(root, 'srv', aside))
    await expect(failure.revert()).rejects.toThrow(/restored from a copy\?.*move it back by hand/)
    expect(await readdir(join(root, 'srv'))).toEqual([aside])
  })

  it('removes the copy that our own exercise restored in its place', async () => {
    const scene = await stage(files)
    const { root, context } = scene
    const before = await manifest(root)
    const failure = await inject(dataQuarantine, context, params)
    await restoreCopy(scene, { 'a.txt': 'restored' })
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await manifest(root)).toEqual(before)
  })

  it('is rolled back, and our copy removed, where the disks were numbered anew at a restart', async () => {
    const scene = await stage(files)
    const { root, host, context, through } = scene
    const before = await manifest(root)
    const failure = await inject(dataQuarantine, context, params)
    await restoreCopy(scene, { 'a.txt': 'restored' })
    const anew = through(renumbered(host.files))
    expect(await dataQuarantine.verify(anew, failure.undo)).toBe('after')
    expect(await dataQuarantine.revert(anew, failure.undo)).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await manifest(root)).toEqual(before)
  })

  it('keeps a copy of a program that left no list of what it restored', async () => {
    const scene = await stage(files)
    const failure = await inject(dataQuarantine, scene.context, params)
    await restoreCopy(scene, { 'a.txt': 'restored' })
    await rm(join(scene.context.recordFolder, 'restored.list'))
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('no complete list')] })
    expect(await readdir(join(scene.root, (failure.undo as QuarantineUndo).keptAs))).toEqual(['a.txt'])
  })

  it('says in the plan, loudly, not to work in the copy, and what becomes of it', async () => {
    const { context } = await stage(files)
    const undo = await prepare(dataQuarantine, context, params)
    const text = said(dataQuarantine, params, undo).join(' ')
    expect(text).toContain('DO NOT WORK in /srv/data until this drill has ended')
    expect(text).toContain('deleted only if nothing in it was changed and no program uses it')
    expect(text).toContain('the whole copy stays as /srv/data.kept-<record>')
  })

  it('removes what an unfinished restore left beside it', async () => {
    const { root, context } = await stage(files)
    const before = await manifest(root)
    const failure = await inject(dataQuarantine, context, params)
    await mkdir(join(root, replacementFolder('/srv/data', context.recordId)))
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await manifest(root)).toEqual(before)
  })

  it('knows the wiping of a restore beside it by the note that the exercise left', async () => {
    const { root, host, context } = await stage(files)
    const restoring = replacementFolder('/srv/data', context.recordId)
    await mkdir(join(root, restoring))
    const changed = { files: host.files, folder: '/srv', beforeNs: '0' }
    const isOurs = async () => folderIsOurs({ ...changed, witnesses: [await wipeNoted(context.recordFolder)] })
    expect(await isOurs()).toBe(false)
    await noteWipe(context.recordFolder)
    await host.files.remove(restoring)
    expect(await isOurs()).toBe(true)
  })

  it('keeps a folder that anybody else put in its place, beside the original', async () => {
    const { root, context } = await stage(files)
    const failure = await inject(dataQuarantine, context, params)
    await mkdir(join(root, 'srv/data'))
    await writeFile(join(root, 'srv/data/theirs'), 'x')
    expect(await failure.standing()).toBe('after')
    const reverted = await failure.revert()
    expect(reverted.restoration).toBe('ours undone')
    expect(reverted.kept.join(' ')).toContain(`/srv/data.kept-${context.recordId}`)
    expect((await readdir(join(root, 'srv'))).sort()).toEqual(['data', `data.kept-${context.recordId}`])
    expect(await readdir(join(root, `srv/data.kept-${context.recordId}`))).toEqual(['theirs'])
    expect(await readdir(join(root, 'srv/data'))).toEqual(['a.txt', 'deep'])
  })

  it('keeps their folder also when the note about our copy is damaged', async () => {
    const { root, context } = await stage(files)
    const failure = await inject(dataQuarantine, context, params)
    await mkdir(join(root, 'srv/data'))
    await writeFile(join(context.recordFolder, 'replacement.json'), '{')
    expect((await failure.revert()).restoration).toBe('ours undone')
  })

  it('says the same when it is reverted a second time', async () => {
    const { root, context } = await stage(files)
    const failure = await inject(dataQuarantine, context, params)
    await mkdir(join(root, 'srv/data'))
    const first = await failure.revert()
    expect(await failure.revert()).toMatchObject({ restoration: first.restoration, kept: first.kept })
  })

  it('accepts that a person moved it back by hand', async () => {
    const { root, context } = await stage(files)
    const failure = await inject(dataQuarantine, context, params)
    const { movedTo } = failure.undo as QuarantineUndo
    await rename(join(root, movedTo), join(root, 'srv/data'))
    expect((await failure.revert()).restoration).toBe('identical')
  })

  it('never claims that a folder is back which somebody removed', async () => {
    const { root, context } = await stage(files)
    const failure = await inject(dataQuarantine, context, params)
    await rm(join(root, (failure.undo as QuarantineUndo).movedTo), { recursive: true })
    expect(await failure.standing()).toBe('conflict')
    await expect(failure.revert()).rejects.toMatchObject({ code: 'cannot-restore' })
  })

  it('leaves the time of a parent in which somebody made something', async () => {
    const { root, context } = await stage(files)
    const failure = await inject(dataQuarantine, context, params)
    await writeFile(join(root, 'srv/theirs'), 'x')
    await utimes(join(root, 'srv'), 1_750_000_000, 1_750_000_000)
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('/srv meanwhile')] })
  })

  it('refuses to start on another folder of that name', async () => {
    const { root, context } = await stage(files)
    const undo = await prepare(dataQuarantine, context, params)
    await rename(join(root, 'srv/data'), join(root, 'srv/old'))
    await mkdir(join(root, 'srv/data'))
    await expect(dataQuarantine.inject(context, params, undo)).rejects.toMatchObject({ code: 'wrong-state' })
  })
})

describe('data.quarantine refuses in prepare', () => {
  it.each([
    ['a missing folder', '/srv/none', 'not-there'],
    ['a file', '/srv/data/a.txt', 'cannot-restore'],
    ['a system folder', '/etc', 'policy-refused'],
    ['a folder that contains protected ones', '/var', 'policy-refused'],
  ])('%s', async (_, folder, code) => {
    const { context } = await stage({ ...files, 'var/lib/dpkg/status': '' })
    await expect(prepare(dataQuarantine, context, { folder })).rejects.toMatchObject({ code })
  })

  it('a symbolic link, and a path over one', async () => {
    const { root, context } = await stage(files)
    await symlink('data', join(root, 'srv/link'))
    for (const folder of ['/srv/link', '/srv/link/deep']) {
      await expect(prepare(dataQuarantine, context, { folder })).rejects.toThrow('symbolic link')
    }
  })

  it('the folder of the agent', async () => {
    const { context } = await stage({ 'opt/agent/main': '' }, { own: { paths: ['/opt/agent/bin'], names: [] } })
    await expect(prepare(dataQuarantine, context, { folder: '/opt/agent' })).rejects.toThrow('contains /opt/agent/bin')
  })

  it('a folder that holds the journal', async () => {
    const { context } = await stage(files)
    const inside = { ...context, recordFolder: '/srv/data/journal/1' }
    await expect(prepare(dataQuarantine, inside, params)).rejects.toThrow('contains the journal')
  })

  it.each(['srv', '/srv/../etc', '/srv/', '/', '/srv//data', '/srv/./data', '/srv/a\nb', '/srv/..'])(
    'the path %j',
    (folder) => {
      expect(dataQuarantine.params.safeParse({ folder }).success).toBe(false)
    },
  )
})
