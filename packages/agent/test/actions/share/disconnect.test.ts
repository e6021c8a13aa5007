import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { shareDisconnect } from '../../../src/actions/share/disconnect.ts'
import { lasting } from '../../../src/actions/share/read.ts'
import type { Mount, MountOrder } from '../../../src/host/mounts.ts'
import { said } from '../../fixtures/said.ts'
import { inject, prepare, stage } from '../support.ts'

const params = { share: '/mnt/plans', file: '/mnt/plans/wing.pdf' }
const disk: Mount = { point: '/', source: '/dev/sda1', kind: 'ext4', options: 'rw', superOptions: 'rw', root: '/' }
const share: Mount = {
  ...{ point: '/mnt/plans', source: '//files/plans', kind: 'cifs', options: 'rw,nosuid', root: '/' },
  superOptions: 'rw,vers=3.1.1,username=plans,rsize=4194304',
}
const order: MountOrder = {
  ...{ point: '/mnt/plans', source: '//files/plans', kind: 'cifs' },
  options: 'credentials=/root/.plans,nosuid,_netdev',
}
const files = { 'mnt/plans/wing.pdf': 'wing' }
const own = { paths: ['/var/lib/chaos-lite'], names: [] }

const failed = () => {
  throw new Error('killed')
}
const scene = (mounts: readonly Mount[] = [disk, share], mountOrders: readonly MountOrder[] = [order]) =>
  stage(files, { own, mounts: () => mounts, mountOrders })

/** What somebody does with the mounts during the hold, and what came of rolling back. */
async function conflict(change: (mounts: readonly Mount[]) => readonly Mount[]) {
  const { host, context } = await scene()
  const failure = await inject(shareDisconnect, context, params)
  host.mounts.set(change)
  return { host, standing: await failure.standing(), reverted: await failure.revert() }
}

describe('share.disconnect', () => {
  it('takes a share off, and mounts it again as it was', async () => {
    const { host, context } = await scene()
    const failure = await inject(shareDisconnect, context, params)
    expect(await host.mounts.list()).toEqual([disk])
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await host.mounts.list()).toEqual([disk, share])
    expect(await failure.standing()).toBe('before')
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await host.mounts.list()).toEqual([disk, share])
  })

  it('is refused where the service manager would stop a unit together with the mount', async () => {
    const services = { archive: { boundTo: '/mnt/plans' }, idle: { boundTo: '/mnt/plans', activeState: 'inactive' } }
    const { context } = await stage(files, { own, mounts: () => [disk, share], mountOrders: [order], services })
    await expect(prepare(shareDisconnect, context, params)).rejects.toThrow(/would stop archive\.service with it/)
  })

  it('changes nothing when it is reverted although it was never started', async () => {
    const { host, context } = await scene()
    const undo = await prepare(shareDisconnect, context, params)
    expect((await shareDisconnect.revert(context, undo)).restoration).toBe('identical')
    expect(await host.mounts.list()).toEqual([disk, share])
  })

  it('mounts by what the table of the host said then, so that a password file is named again', async () => {
    const { context } = await scene()
    const undo = await prepare(shareDisconnect, context, params)
    expect(shareDisconnect.byHand(undo, '/x')[0]).toBe(
      "mount -t cifs -o 'credentials=/root/.plans,nosuid,_netdev' //files/plans /mnt/plans",
    )
    expect(shareDisconnect.effect(shareDisconnect.params.parse(params), undo)).toMatchObject({ probe: 'file' })
    expect(shareDisconnect.asks(shareDisconnect.params.parse(params))).toEqual([
      { kind: 'share', value: '/mnt/plans' },
      { kind: 'file', value: '/mnt/plans/wing.pdf', look: true },
    ])
  })

  it.each([
    ['nothing is mounted there', [disk], [order], 'not-there'],
    ['it is a disk of this host', [disk, { ...share, kind: 'ext4' }], [order], 'param-invalid'],
    ['it is a tmpfs, whatever its name', [disk, { ...share, kind: 'tmpfs' }], [order], 'param-invalid'],
    ['it is mounted on demand', [disk, { ...share, kind: 'autofs' }, share], [order], 'cannot-restore'],
    ['two are mounted over each other', [disk, share, share], [order], 'cannot-restore'],
    ['another one is mounted below it', [disk, share, { ...disk, point: '/mnt/plans/x' }], [order], 'cannot-restore'],
    ['only a part of it is shown', [disk, { ...share, root: '/wing' }], [order], 'cannot-restore'],
    ['it is not in the table of the host', [disk, share], [], 'cannot-restore'],
    ['the table names two for that point', [disk, share], [order, order], 'cannot-restore'],
    ['the agent lies on it', [disk, { ...share, point: '/var/lib/chaos-lite' }], [order], 'policy-refused'],
  ] as const)('is refused where %s', async (_why, mounts, orders, code) => {
    const { context } = await scene(mounts, orders)
    const given = code === 'policy-refused' ? { ...params, share: '/var/lib/chaos-lite' } : params
    await expect(prepare(shareDisconnect, context, given)).rejects.toMatchObject({ code })
  })

  it('is refused while a program has something open there, and is never done by force', async () => {
    const { host, context } = await scene()
    const undo = await prepare(shareDisconnect, context, params)
    host.mounts.use([{ pid: 7, name: 'cad' }])
    await expect(prepare(shareDisconnect, context, params)).rejects.toThrow(/in use by cad \(7\)/)
    await expect(shareDisconnect.inject(context, params, undo)).rejects.toMatchObject({ code: 'tool-failed' })
    expect(await host.mounts.list()).toEqual([disk, share])
  })

  it('is refused for a file that is not there, or lies elsewhere: its loss would not be seen', async () => {
    const { context } = await scene()
    for (const file of ['/mnt/plans/none.pdf', '/etc/hosts', '/mnt/plans2/x']) {
      await expect(prepare(shareDisconnect, context, { ...params, file })).rejects.toMatchObject({
        code: 'wrong-state',
      })
    }
  })

  it('does not take for a change what is new with each connection', () => {
    expect(lasting('rw,vers=4.2,rsize=1,wsize=2,clientaddr=10.0.0.7,addr=10.0.0.1,mountport=40001')).toBe(
      'rw,vers=4.2,addr=10.0.0.1',
    )
  })
})

describe('share.disconnect, while somebody else mounts', () => {
  it('leaves it where an administrator or a boot mounted it again, and says that nobody looked below it', async () => {
    const { host, standing, reverted } = await conflict((mounts) => [...mounts, share])
    expect(standing).toBe('before')
    expect(reverted.restoration).toBe('ours undone')
    expect(reverted.kept).toEqual([expect.stringMatching(/mounted at \/mnt\/plans before this agent looked.*unmount/)])
    expect(await host.mounts.list()).toEqual([disk, share])
  })

  it('keeps another share that was mounted there meanwhile, and says so', async () => {
    const other = { ...share, source: '//standby/plans' }
    const { host, standing, reverted } = await conflict((mounts) => [...mounts, other])
    expect(standing).toBe('conflict')
    expect(reverted).toMatchObject({ restoration: 'ours undone' })
    expect(reverted.kept[0]).toMatch(/\/\/standby\/plans/)
    expect(await host.mounts.list()).toEqual([disk, other])
  })

  it('keeps what somebody wrote into the folder meanwhile, names it, and says so after a death as well', async () => {
    const { root, host, context } = await scene()
    const failure = await inject(shareDisconnect, context, params)
    await mkdir(join(root, 'mnt/plans/deep'))
    await writeFile(join(root, 'mnt/plans/deep/mine.txt'), 'mine')
    const { mount } = host.mounts
    const dying = { ...host.mounts, mount: (order: MountOrder) => mount(order).then(failed) }
    await expect(
      shareDisconnect.revert({ ...context, host: { ...host, mounts: dying } }, failure.undo),
    ).rejects.toThrow('killed')
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({
      restoration: 'ours undone',
      kept: [expect.stringMatching(/wrote into \/mnt\/plans .*"deep", "deep\/mine\.txt".*hidden below the share/)],
    })
    expect(await host.mounts.list()).toEqual([disk, share])
    expect(await readFile(join(root, 'mnt/plans/deep/mine.txt'), 'utf8')).toBe('mine')
  })

  it('names what lies there when nobody knows since when, because the agent died right after the share was taken off', async () => {
    const { host, context } = await scene()
    const undo = await prepare(shareDisconnect, context, params)
    const { unmount } = host.mounts
    const dying = { ...host.mounts, unmount: (point: string) => unmount(point).then(failed) }
    const parsed = shareDisconnect.params.parse(params)
    await expect(
      shareDisconnect.inject({ ...context, host: { ...host, mounts: dying } }, parsed, undo),
    ).rejects.toThrow()
    const reverted = await shareDisconnect.revert(context, undo)
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('"wing.pdf"')] })
  })

  it('says in the plan that nothing should be saved there', async () => {
    const { context } = await scene()
    const undo = await prepare(shareDisconnect, context, params)
    expect(said(shareDisconnect, params, undo).join(' ')).toContain('DO NOT SAVE anything in /mnt/plans meanwhile')
  })

  it('keeps other options with which it was mounted', async () => {
    const { reverted } = await conflict((mounts) => [...mounts, { ...share, options: 'ro,nosuid' }])
    expect(reverted.restoration).toBe('ours undone')
  })
})
