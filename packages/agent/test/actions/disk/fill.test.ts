import { execFileSync } from 'node:child_process'
import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { appendFile, mkdir, open, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../../../shared/test/eventually.ts'
import { diskFill } from '../../../src/actions/disk/fill.ts'
import { type FillUndo, wantedBytes } from '../../../src/actions/disk/fill-undo.ts'
import { fillUp, keepFloor } from '../../../src/actions/disk/fill-up.ts'
import { takeAway } from '../../../src/actions/disk/own-file.ts'
import { watchFloor } from '../../../src/actions/disk/watch-floor.ts'
import { diskProbe } from '../../../src/probes/disk.ts'
import { judge } from '../../../src/probes/index.ts'
import { bound, said } from '../../fixtures/said.ts'
import { toyWorld } from '../../fixtures/toy-engine.ts'
import { manifest } from '../../host/support.ts'
import { surviveEveryCrash } from '../crashes.ts'
import { inject, prepare } from '../support.ts'
import { fillFiles, folder, MiB, onSmallDisk, smallHost } from './support.ts'

const params = { folder, leavePercent: 40 }

async function filled(disk = { freeMiB: 512 }, more: object = {}) {
  const scene = await smallHost(disk)
  const before = await manifest(scene.root)
  const failure = await inject(diskFill, scene.context, { ...params, ...more })
  const undo = failure.undo as FillUndo
  const room = async () => Math.floor((await scene.host.files.space(folder)).freeBytes / MiB)
  const path = join(scene.root, undo.path)
  return { ...scene, scene: scene.host, before, failure, undo, room, path, disk }
}

describe('disk.fill', () => {
  it('fills up to the level and gives all of it back', async () => {
    const { root, before, failure, room } = await filled()
    expect(await room()).toBe(409)
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await manifest(root)).toEqual(before)
    expect(await failure.standing()).toBe('before')
  })

  it('really takes the room, in one file of its own that nobody else may read', async () => {
    const { path, root } = await filled()
    const { blocks, size, mode } = statSync(path)
    expect(blocks * 512).toBeGreaterThanOrEqual(size)
    expect(mode & 0o777).toBe(0o600)
    expect(fillFiles(root)).toHaveLength(1)
  })

  it('stops at the size it was given', async () => {
    const { path } = await filled({ freeMiB: 512 }, { atMostMiB: 20 })
    expect(statSync(path).size).toBe(20 * MiB)
  })

  it('is rolled back whole on a host that was restored from a copy made during the failure', async () => {
    const { root, failure, path, undo } = await filled()
    const { ctimeMs } = statSync(path)
    // Files of a copy are born when it is restored, which is later than the clock of the kernel can be wrong.
    await expect.poll(() => Date.now()).toBeGreaterThan(ctimeMs + 100)
    const restore = (from: string, to: string) => execFileSync('cp', ['--archive', '--no-target-directory', from, to])
    restore(join(root, 'srv'), `${root}-copy`)
    await rm(join(root, 'srv'), { recursive: true })
    restore(`${root}-copy`, join(root, 'srv'))
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(String(statSync(join(root, folder), { bigint: true }).mtimeNs)).toBe(undo.folderMtimeNs)
    expect(fillFiles(root)).toEqual([])
  })

  /** The empty mount point, or what it lies in: a place on another disk, where our file is not. */
  it.each([
    ['the mount point is there', (at: string) => at.startsWith('/srv')],
    ['the mount point lies on that file system, too', (at: string) => at === '/'],
  ])('stays open while its file system is not mounted, and is rolled back once it is: %s', async (_, isThere) => {
    const { root, before, scene, context, failure } = await filled()
    const { files } = scene
    const stamp: typeof files.stamp = async (at) => {
      const real = at.includes('-fill') || !isThere(at) ? null : await files.stamp(at)
      return real && { ...real, dev: '999', inode: '12345' }
    }
    const unmounted = { ...context, host: { ...scene, files: { ...files, stamp } } }
    expect(await diskFill.verify(unmounted, failure.undo)).toBe('unclear')
    await expect(diskFill.revert(unmounted, failure.undo)).rejects.toThrow('is not mounted at /srv/data now: mount it')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await manifest(root)).toEqual(before)
  })

  it('is rolled back by the record of a program that did not keep which folder it was', async () => {
    const { root, before, context, undo } = await filled()
    const { folderAt: _, ...old } = undo
    expect(await diskFill.revert(context, old)).toMatchObject({ restoration: 'identical' })
    expect(await manifest(root)).toEqual(before)
  })

  it('is rolled back whole by a second attempt, however long the first one took', async () => {
    const { root, before, scene, context, failure } = await filled()
    const { files } = scene
    const late = new Date(Date.now() + 60_000)
    const broken: typeof files = {
      ...files,
      remove: async (at) => {
        await files.remove(at)
        // As on a host that stands still for a minute between two steps.
        utimesSync(join(root, folder), late, late)
      },
      setMtime: () => Promise.reject(new Error('touch was killed')),
    }
    const once = { ...context, host: { ...scene, files: broken } }
    await expect(diskFill.revert(once, failure.undo)).rejects.toThrow('touch was killed')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await manifest(root)).toEqual(before)
  })

  it('is reverted twice as well as once', async () => {
    const { failure } = await filled()
    await failure.revert()
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
  })

  it('is rolled back from every step that it or its revert may die at', async () => {
    const scene = async () => {
      const small = await smallHost()
      return {
        ...small,
        through: (files: typeof small.host.files) => small.through(onSmallDisk(files, small.root, { freeMiB: 512 })),
      }
    }
    expect(await surviveEveryCrash(diskFill, params, scene)).toBeGreaterThan(6)
  })
})

describe('disk.fill, when others write at the same time', () => {
  it('takes only what they leave', async () => {
    const disk = { freeMiB: 512 }
    const { host, context } = await smallHost(disk)
    const undo = (await prepare(diskFill, context, params)) as FillUndo
    disk.freeMiB = 450
    await fillUp(context, undo)
    expect((await host.files.space(folder)).freeBytes).toBe(undo.leaveBytes)
  })

  it('says so when they have taken the room already', async () => {
    const disk = { freeMiB: 512 }
    const { root, context } = await smallHost(disk)
    const before = await manifest(root)
    const undo = (await prepare(diskFill, context, params)) as FillUndo
    disk.freeMiB = 400
    await expect(fillUp(context, undo)).rejects.toMatchObject({ code: 'wrong-state' })
    expect((await diskFill.revert(context, undo)).restoration).toBe('identical')
    expect(await manifest(root)).toEqual(before)
  })

  it('never takes more than could be taken at first, where the file system counts late', async () => {
    const { host, context } = await smallHost()
    const undo = (await prepare(diskFill, context, params)) as FillUndo
    const late = {
      ...host.files,
      space: async () => ({ freeBytes: 512 * MiB, totalBytes: 1024 * MiB, onDisk: 'btrfs' }),
    }
    await fillUp({ ...context, host: { ...host, files: late } }, undo)
    expect((await host.files.metadata(undo.path)).sizeBytes).toBe(512 * MiB - undo.leaveBytes)
  })

  it('does not go on once it was cancelled', async () => {
    const { root, context } = await smallHost()
    const undo = (await prepare(diskFill, context, params)) as FillUndo
    await expect(fillUp({ ...context, signal: AbortSignal.abort() }, undo)).rejects.toThrow()
    expect(fillFiles(root)).toEqual([])
  })

  it('gives room back below the floor, and none above it', async () => {
    const { host, undo, disk, path } = await filled()
    const full = statSync(path).size
    expect(await keepFloor(host.files, undo)).toBe(true)
    expect(statSync(path).size).toBe(full)
    disk.freeMiB -= 200
    expect((await host.files.space(folder)).freeBytes).toBeGreaterThan(undo.floorBytes)
    disk.freeMiB -= 180
    await keepFloor(host.files, undo)
    expect((await host.files.space(folder)).freeBytes).toBeGreaterThanOrEqual(undo.floorBytes)
    expect(statSync(path).size).toBeLessThan(full)
  })

  it('always keeps the floor as long as there is anything of ours to give back', async () => {
    const { host, undo, disk, path } = await filled()
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 600 }), async (freeMiB) => {
        disk.freeMiB = freeMiB
        await keepFloor(host.files, undo)
        const { freeBytes } = await host.files.space(folder)
        expect(freeBytes >= undo.floorBytes || statSync(path).size === 0).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('watches the floor while the failure is held, and no longer', async () => {
    const { host, undo, disk, path, context } = await filled()
    const full = statSync(path).size
    const watch = watchFloor(host.files, undo, 5)
    disk.freeMiB -= 380
    await eventually(() => expect(statSync(path).size).toBeLessThan(full))
    await takeAway(context, undo)
    await eventually(() => expect(watch).toMatchObject({ _destroyed: true }))
  })
})

describe('disk.fill, when somebody else acts meanwhile', () => {
  it('knows that the file was removed, and leaves the time of the folder to them', async () => {
    const { root, path, failure } = await filled()
    rmSync(path)
    utimesSync(join(root, folder), 1_750_000_000, 1_750_000_000)
    expect(await failure.standing()).toBe('before')
    const { restoration, kept } = await failure.revert()
    expect([restoration, kept]).toEqual(['ours undone', [expect.stringContaining('Somebody else changed')]])
    expect(statSync(join(root, folder)).mtimeMs).toBe(1_750_000_000_000)
    expect((await failure.revert()).restoration).toBe('ours undone')
  })

  it('keeps files that were written beside it', async () => {
    const { root, failure } = await filled()
    writeFileSync(join(root, folder, 'new.txt'), 'new')
    utimesSync(join(root, folder), 1_750_000_000, 1_750_000_000)
    const { restoration, kept } = await failure.revert()
    expect([restoration, kept.length]).toEqual(['ours undone', 1])
    expect(statSync(join(root, folder, 'new.txt')).size).toBe(3)
    expect(fillFiles(root)).toEqual([])
    expect((await failure.revert()).restoration).toBe('ours undone')
  })

  it('removes only its own: a folder of that name is somebody else’s standing', async () => {
    const { host, undo, path } = await filled()
    rmSync(path)
    await host.files.create(undo.path)
    expect(await diskFill.verify({ ...(await smallHost()).context, host }, undo)).toBe('conflict')
  })
})

describe('disk.fill refuses in prepare', () => {
  const refused = async (asked: object = {}, disk: { freeMiB: number; onDisk?: string | null } = { freeMiB: 512 }) => {
    const { root, context } = await smallHost(disk)
    await symlink('data', join(root, 'srv/link'))
    return prepare(diskFill, context, { ...params, ...asked }).then(
      () => 'not refused',
      (error: { code: string }) => error.code,
    )
  }

  it('a folder that does not exist', async () => expect(await refused({ folder: '/srv/none' })).toBe('not-there'))
  it('a link', async () => expect(await refused({ folder: '/srv/link' })).toBe('cannot-restore'))
  it('a file', async () => expect(await refused({ folder: '/srv/data/order.txt' })).toBe('cannot-restore'))
  it('a protected folder', async () => expect(await refused({ folder: '/etc' })).toBe('policy-refused'))
  it('memory and shares', async () => expect(await refused({}, { freeMiB: 512, onDisk: null })).toBe('cannot-restore'))
  it('one that is as full already', async () => expect(await refused({}, { freeMiB: 420 })).toBe('wrong-state'))
  it('a level below what must stay free', async () => expect(await refused({ leavePercent: 5 })).toBe('cannot-restore'))
  it('parameters beyond the hard limits', () => {
    for (const wrong of [{ leavePercent: 1 }, { leavePercent: 91 }, { atMostMiB: 1 }, { leavePercent: 10.5 }])
      expect(diskFill.params.safeParse({ ...params, ...wrong }).success, JSON.stringify(wrong)).toBe(false)
  })
})

describe('the reserve of disk.fill', () => {
  it('is larger where the journal lies', async () => {
    const { context } = await smallHost()
    const beside = (await prepare(diskFill, context, params)) as FillUndo
    const real = context.host.files
    const elsewhere = {
      ...real,
      stamp: async (path: string) => {
        const stamp = await real.stamp(path)
        return stamp === null ? null : { ...stamp, dev: '999' }
      },
    }
    const apart = (await prepare(
      diskFill,
      { ...context, host: { ...context.host, files: elsewhere } },
      params,
    )) as FillUndo
    expect([beside.floorBytes, apart.floorBytes]).toEqual([128 * MiB, 64 * MiB])
  })
})

describe('disk.fill, when somebody works in our file', () => {
  const notes = 'notes of a person'

  it.each([
    ['overwrote it', async (path: string) => writeFileSync(path, notes)],
    [
      'wrote on its first bytes',
      async (path: string) => {
        const handle = await open(path, 'r+')
        await handle.write(notes, 0)
        await handle.close()
      },
    ],
    ['wrote behind it', async (path: string) => appendFile(path, notes)],
  ])('keeps a file that somebody %s, and takes no more room than that', async (_, work) => {
    const { path, failure } = await filled()
    await work(path)
    const { size } = statSync(path)
    const reverted = await failure.revert()
    const kept = `${path}-kept`
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('-fill-kept')] })
    expect(statSync(kept)).toMatchObject({ size })
    expect(statSync(kept).blocks * 512).toBeLessThan(2 * MiB)
    expect(await readFile(kept, 'utf8')).toContain(notes)
    expect(await failure.standing()).toBe('before')
    expect(await failure.revert()).toMatchObject({ restoration: 'ours undone', kept: reverted.kept })
  })

  it('keeps a folder that somebody made in its place', async () => {
    const { path, failure } = await filled()
    await rm(path)
    await mkdir(path)
    writeFileSync(join(path, 'mine'), notes)
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await readFile(join(`${path}-kept`, 'mine'), 'utf8')).toBe(notes)
  })

  it('does not shrink it although others leave less than the floor', async () => {
    const { path, undo, scene, disk } = await filled()
    await appendFile(path, notes)
    disk.freeMiB = 100
    expect(await keepFloor(scene.files, undo)).toBe(true)
    expect(await readFile(path, 'utf8')).toContain(notes)
  })
})

describe('the effect of disk.fill', () => {
  it('is that the file system has less room, as everybody sees it', async () => {
    const { undo, room, failure } = await filled()
    const effect = diskFill.effect(params, undo)
    expect(effect).toMatchObject({ probe: 'disk', params: { path: folder }, expect: 'down' })
    const look = async () => {
      const value = { freeBytes: (await room()) * MiB, totalBytes: 1024 * MiB, freePercent: 1 }
      return judge({ evaluated: true, message: null, value }, diskProbe.expect(effect?.params)).status
    }
    expect(await look()).toBe('down')
    await failure.revert()
    expect(await look()).toBe('up')
  })

  it('is asked for with a bound of its own', () => {
    expect(diskProbe.expect({ path: '/' })).toEqual({ freePercent: { atLeast: 5 } })
    expect(diskProbe.expect({ path: '/', freeBytesAtLeast: 7 })).toEqual({ freeBytes: { atLeast: 7 } })
  })
})

describe('the bound of disk.fill', () => {
  const unlimited = { folder, leavePercent: 40 }
  const digestOn = async (disk: { freeMiB: number; totalMiB?: number }) => {
    const { host, root } = await smallHost(disk)
    const world = toyWorld({}, { actions: [diskFill], host })
    const asked = { action: 'disk.fill', params: unlimited, holdMs: 1_000 }
    const prepared = await world.engine.prepare(asked)
    return { world, asked, prepared, root }
  }

  it('is in the plan; a disk with a hundred times the space has the same digest, and the failure is refused', async () => {
    const small = await digestOn({ freeMiB: 1_000 })
    const large = await digestOn({ freeMiB: 100_000, totalMiB: 102_400 })
    expect(small.prepared.sentences.join(' ')).toContain('never becomes larger than 51200 MiB')
    expect(large.prepared.digest).toBe(small.prepared.digest)
    expect(small.prepared.notYet).toBeNull()
    expect(large.prepared.notYet).toContain('a file of 59040 MiB would be needed now, and the limit is 51200 MiB')
    const order = { ...large.world.request(), ...large.asked, explanationDigest: small.prepared.digest }
    await expect(large.world.engine.inject(order)).rejects.toMatchObject({
      message: expect.stringMatching(/disk\.fill was not started: a file of 59040 MiB/),
      said: { code: 'action.disk.fill.beyond', values: { mostMiB: 51_200 }, estimates: { wouldMiB: 59_040 } },
    })
    expect(fillFiles(large.root)).toEqual([])
    expect((await large.world.engine.standings()).records).toEqual([])
  })

  it('holds also when others delete much after the plan: the undo record keeps it', async () => {
    const { context } = await smallHost({ freeMiB: 1_000 })
    expect((await prepare(diskFill, context, unlimited)) as FillUndo).toMatchObject({ mostBytes: 51_200 * MiB })
  })

  it('is judged by what would be taken without it, which the undo record does not keep', () => {
    const bytes = fc.integer({ min: 1, max: 10 ** 12 })
    fc.assert(
      fc.property(bytes, bytes, bytes, (leaveBytes, free, most) => {
        const [wanted, mostBytes] = [2 * free, 2 * most]
        const seenBytes = leaveBytes + wanted - Math.min(wanted, mostBytes) / 2
        expect(wantedBytes({ seenBytes, leaveBytes, mostBytes })).toBe(wanted)
      }),
    )
  })

  it('is as the drill says, where the drill names one', async () => {
    const { context } = await smallHost({ freeMiB: 100_000, totalMiB: 102_400 })
    const named = { ...unlimited, atMostMiB: 16 }
    const undo = await prepare(diskFill, context, named)
    expect(diskFill.beyond?.(named, undo)).toBeNull()
    expect(said(diskFill, named, undo).join(' ')).toContain('never becomes larger than 16 MiB')
  })
})

describe('the explanation of disk.fill', () => {
  it('is the same however much is free just now, because approval binds to it', async () => {
    const disk = { freeMiB: 512 }
    const { context } = await smallHost(disk)
    const first = await prepare(diskFill, context, params)
    disk.freeMiB = 600
    const later = await prepare(diskFill, { ...context, recordId: 'another' }, params)
    expect(bound(diskFill, params, later)).toEqual(bound(diskFill, params, first))
    expect(said(diskFill, params, first).join(' ')).toContain('leaves 410 MiB of 1024 MiB free')
  })

  it('asks for the folder and for the level', () => {
    expect(diskFill.asks(params)).toEqual([
      { kind: 'folder', value: folder },
      { kind: 'diskKeepFree', value: '40' },
    ])
  })

  it('shows a person what to remove', async () => {
    const { undo } = await filled()
    expect(diskFill.byHand(undo, '/journal/x')[0]).toBe(`rm -f ${undo.path}`)
  })
})
