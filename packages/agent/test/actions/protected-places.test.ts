import { link, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { refuseProtectedPlace, refuseProtectedTree } from '../../src/actions/protected-places.ts'
import type { Mount } from '../../src/host/mounts.ts'
import { stage } from './support.ts'

const mount = (point: string, given: Partial<Mount> = {}): Mount => ({
  ...{ point, source: '/dev/sda1', kind: 'ext4', options: 'rw', superOptions: 'rw', root: '/', device: '8:1' },
  ...given,
})
const disk = mount('/')

const on = async (mounts: readonly Mount[], files: Readonly<Record<string, string>> = {}) =>
  stage(files, { mounts: () => mounts, own: { paths: ['/opt/agent'], names: [] } })

describe('a place is protected by what it is', () => {
  it.each<[string, string, readonly Mount[], string]>([
    ['a bind mount of /etc/ssh', '/srv/www', [disk, mount('/srv/www', { root: '/etc/ssh' })], 'path /etc/ssh'],
    ['a part of one', '/srv/www/conf.d', [disk, mount('/srv/www', { root: '/etc/ssh' })], 'path /etc/ssh'],
    [
      'the boot partition once more',
      '/mnt/b',
      [disk, mount('/boot', { device: '8:2' }), mount('/mnt/b', { device: '8:2' })],
      'path /boot',
    ],
    ['a folder of the agent', '/srv/a', [disk, mount('/srv/a', { root: '/opt/agent' })], 'path /opt/agent'],
    ['the root of the host once more', '/mnt/all', [disk, mount('/mnt/all')], 'path /usr'],
    [
      'files of the kernel, in a chroot',
      '/srv/jail/proc',
      [disk, mount('/srv/jail/proc', { kind: 'proc', device: '0:5' })],
      'the kernel',
    ],
    [
      'a folder that holds such',
      '/srv/jail',
      [disk, mount('/srv/jail/sys', { kind: 'sysfs', device: '0:6' })],
      'the kernel',
    ],
  ])('%s', async (_, path, mounts, rule) => {
    const { host } = await on(mounts)
    await expect(refuseProtectedPlace(host, path)).rejects.toMatchObject({
      code: 'policy-refused',
      rule: expect.stringContaining('built-in: '),
    })
    if (rule !== 'path /usr')
      await expect(refuseProtectedPlace(host, path)).rejects.toMatchObject({ rule: `built-in: ${rule}` })
  })

  it('where a link of a protected folder leads', async () => {
    const { host, root } = await on([disk], { 'data/dpkg/status': 'x', 'data/share/a': 'x' })
    await mkdir(join(root, 'var/lib'), { recursive: true })
    await symlink('../../data/dpkg', join(root, 'var/lib/dpkg'))
    await expect(refuseProtectedPlace(host, '/data/dpkg')).rejects.toMatchObject({
      rule: 'built-in: path /var/lib/dpkg',
    })
    await expect(refuseProtectedPlace(host, '/data')).rejects.toMatchObject({ rule: 'built-in: path /var/lib/dpkg' })
    await expect(refuseProtectedPlace(host, '/data/share')).resolves.toBeUndefined()
  })

  it.each(['etc/shadow', 'etc/sudoers.d/anna', 'etc/ssh/sshd_config'])('another name of %s', async (file) => {
    const { host, root } = await on([disk], { [file]: 'x', 'srv/share/plain': 'x' })
    await link(join(root, file), join(root, 'srv/share/other'))
    await expect(refuseProtectedPlace(host, '/srv/share/other')).rejects.toThrow(/another name of/)
    await expect(refuseProtectedPlace(host, '/srv/share/plain')).resolves.toBeUndefined()
  })

  it('and left to the policy otherwise', async () => {
    const shares = [
      disk,
      mount('/srv/share', { device: '8:3' }),
      mount('/run', { kind: 'tmpfs', device: '0:22' }),
      mount('/srv/tmp', { kind: 'tmpfs', device: '0:40' }),
    ]
    const { host } = await on(shares)
    for (const path of ['/srv/share', '/srv/share/a', '/srv/tmp', '/home/anna']) {
      await expect(refuseProtectedPlace(host, path)).resolves.toBeUndefined()
    }
    await expect(refuseProtectedTree(host, '/home')).resolves.toBeUndefined()
  })
})
