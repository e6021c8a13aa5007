import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linuxMounts, parseMounts } from '../../../src/host/linux/mounts.ts'
import { isOverNetwork, mountOf } from '../../../src/host/mounts.ts'

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
