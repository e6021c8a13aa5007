import { open } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { linuxMounts, parseMounts, parseOrders } from '../../../src/host/linux/mounts.ts'
import { isOverNetwork, mountOf } from '../../../src/host/mounts.ts'
import { isRoot, temporaryFolder } from '../support.ts'

const table = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
40 22 0:50 / /srv/plans rw,nosuid shared:9 master:2 - nfs4 files.example.test:/plans rw,vers=4.2,addr=192.0.2.7
41 22 0:51 / /srv/with\\040space rw - cifs //files/share\\040one rw,username=x
42 40 0:52 /sub /srv/plans/deep ro - tmpfs  ro
`

describe('the table of mounts', () => {
  it('is read field by field, whatever number of optional fields there is', () => {
    expect(parseMounts(table)).toMatchObject(
      [
        { point: '/', source: '/dev/sda1', kind: 'ext4', options: 'rw,relatime', root: '/' },
        { point: '/srv/plans', source: 'files.example.test:/plans', kind: 'nfs4', superOptions: /vers=4\.2/ },
        { point: '/srv/with space', source: '//files/share one', kind: 'cifs' },
        { point: '/srv/plans/deep', source: '', kind: 'tmpfs', root: '/sub', options: 'ro' },
      ].map((row) => ({
        ...row,
        ...('superOptions' in row ? { superOptions: expect.stringMatching(row.superOptions) } : {}),
      })),
    )
  })

  it('of this machine has a root', async () => {
    expect((await linuxMounts().list()).map(({ point }) => point)).toContain('/')
  })

  it('never throws, whatever stands in it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(' ', '-', '\n', '/', '\\040', '\\', 'rw', '1'), { maxLength: 60 }),
        (parts) => {
          for (const mount of parseMounts(parts.join(''))) expect(mount.point).not.toBe('')
        },
      ),
    )
  })

  it('says where a path lies: in the deepest mount, by whole folders', () => {
    const mounts = parseMounts(table)
    expect(mountOf(mounts, '/srv/plans/a')?.kind).toBe('nfs4')
    expect(mountOf(mounts, '/srv/plans/deep/a')?.kind).toBe('tmpfs')
    expect(mountOf(mounts, '/srv/plans2')?.kind).toBe('ext4')
    expect(mountOf([], '/srv')).toBeNull()
  })

  it('of two at one point, the later one is seen', () => {
    const twice = parseMounts(`${table}50 22 0:60 / /srv/plans rw - ext4 /dev/sdb1 rw\n`)
    expect(mountOf(twice, '/srv/plans/a')?.kind).toBe('ext4')
  })

  it.each([
    ['nfs4', true],
    ['cifs', true],
    ['fuse.sshfs', true],
    ['9p', true],
    ['ext4', false],
    ['fuse.lxcfs', false],
    ['overlay', false],
  ])('%s lives on another machine: %s', (kind, network) => {
    expect(isOverNetwork({ kind })).toBe(network)
  })
})

describe('the table of what is to be mounted', () => {
  it('is read without comments, swap and short lines', () => {
    const text = `# a comment
UUID=1 none swap sw 0 0
files.example.test:/plans\t/srv/plans  nfs4 vers=4.2,_netdev 0 0
//files/share\\040one /srv/with\\040space cifs credentials=/root/.c
/dev/sdb1 /data ext4
proc
`
    expect(parseOrders(text)).toEqual([
      { source: 'files.example.test:/plans', point: '/srv/plans', kind: 'nfs4', options: 'vers=4.2,_netdev' },
      { source: '//files/share one', point: '/srv/with space', kind: 'cifs', options: 'credentials=/root/.c' },
      { source: '/dev/sdb1', point: '/data', kind: 'ext4', options: 'defaults' },
    ])
  })

  it('never throws, whatever stands in it', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseOrders(text)))
  })

  it('is empty where there is none', async () => {
    expect(await linuxMounts({ ordersFile: '/nowhere/fstab' }).orders()).toEqual([])
  })
})

describe.runIf(isRoot)('a mount of this machine', () => {
  it('is taken off and put on with the very same options, and never by force', async () => {
    const point = await temporaryFolder()
    const mounts = linuxMounts()
    const order = { point, source: 'chaos-lite-test', kind: 'tmpfs', options: 'size=64k,mode=0750,nosuid' }
    // The kernel gives the next mount of a file system in memory the next free number.
    const seen = async () =>
      (await mounts.list()).filter((each) => each.point === point).map(({ device: _, ...rest }) => rest)
    await mounts.mount(order)
    onTestFinished(async () => {
      if ((await seen()).length > 0) await mounts.unmount(point)
    })
    const before = await seen()
    expect(before).toMatchObject([{ kind: 'tmpfs', source: 'chaos-lite-test' }])
    const file = await open(join(point, 'held'), 'w')
    expect(await mounts.users(point)).toContainEqual(expect.objectContaining({ pid: process.pid }))
    await expect(mounts.unmount(point)).rejects.toThrow(/busy/)
    await file.close()
    expect(await mounts.users(point)).toEqual([])
    await mounts.unmount(point)
    expect(await seen()).toEqual([])
    await expect(mounts.unmount(point)).rejects.toMatchObject({ code: 'tool-failed' })
    await mounts.mount(order)
    expect(await seen()).toEqual(before)
  })
})
