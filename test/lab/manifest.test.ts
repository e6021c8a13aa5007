import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { diffManifests, Lab, type LabHost, type Manifest } from '../../scripts/lab/index.ts'
import { addAccount } from './support/accounts.ts'
import { describeLab } from './support/describe-lab.ts'

describeLab('the manifest', () => {
  let lab: Lab
  let host: LabHost
  let before: Manifest

  beforeAll(async () => {
    lab = await Lab.up({ hosts: ['judged'] })
    host = lab.host('judged')
    await addAccount(host, { name: 'anna', password: 'secret' })
    await host.writeFile('/srv/data/order.txt', 'one\n')
    await host.enable('nginx')
    before = await host.manifest()
  })
  afterAll(async () => await lab?.down())

  async function difference(): Promise<string[]> {
    return diffManifests(before, await host.manifest())
  }

  test('is identical when nothing was changed', async () => {
    await host.exec(['cat', '/srv/data/order.txt'])
    expect(await difference()).toEqual([])
  })

  const changes = [
    {
      of: 'content, also when size and time are the same',
      make: [
        ['cp', '--preserve', '/srv/data/order.txt', '/tmp/was'],
        ['dd', 'status=none', 'conv=notrunc', 'if=/etc/hostname', 'of=/srv/data/order.txt', 'bs=1', 'count=3'],
        ['touch', '--reference=/tmp/was', '/srv/data/order.txt'],
      ],
      undo: [['cp', '--preserve', '/tmp/was', '/srv/data/order.txt']],
      seen: /^files \/srv\/data\/order\.txt: sha256 was/,
    },
    {
      of: 'mode',
      make: [['chmod', '0640', '/srv/data/order.txt']],
      undo: [['chmod', '0644', '/srv/data/order.txt']],
      seen: /^files \/srv\/data\/order\.txt: mode was 0644, is 0640/,
    },
    {
      of: 'owner',
      make: [['chown', 'anna', '/srv/data']],
      undo: [['chown', 'root', '/srv/data']],
      seen: /^files \/srv\/data: owner was 0, is 1000/,
    },
    {
      of: 'ACL',
      make: [['setfacl', '--modify', 'user:anna:r', '/srv/data']],
      undo: [['setfacl', '--remove-all', '/srv/data']],
      seen: /^files \/srv\/data: xattr system\.posix_acl_access was absent, is user::rwx,user:1000:r--/,
    },
    {
      of: 'an extended attribute',
      make: [['setfattr', '--name=user.colour', '--value=red', '/srv/data/order.txt']],
      undo: [['setfattr', '--remove=user.colour', '/srv/data/order.txt']],
      seen: /^files \/srv\/data\/order\.txt: xattr user\.colour was absent, is 726564/,
    },
    {
      of: 'an inode flag',
      make: [['chattr', '+i', '/srv/data/order.txt']],
      undo: [['chattr', '-i', '/srv/data/order.txt']],
      seen: /^files \/srv\/data\/order\.txt: flags was empty, is i/,
    },
    {
      of: 'the time of a folder that a file came to and left',
      make: [
        ['touch', '--reference=/srv/data', '/tmp/time'],
        ['touch', '/srv/data/passing'],
        ['rm', '/srv/data/passing'],
      ],
      undo: [['touch', '--reference=/tmp/time', '/srv/data']],
      seen: /^files \/srv\/data: mtime was/,
    },
    {
      of: 'a link and its target',
      make: [
        ['touch', '--reference=/srv/data', '/tmp/time'],
        ['ln', '-s', '/nowhere', '/srv/data/link'],
      ],
      undo: [
        ['rm', '/srv/data/link'],
        ['touch', '--reference=/tmp/time', '/srv/data'],
      ],
      seen: /^files \/srv\/data\/link: appeared \(.*target \/nowhere/,
    },
    {
      of: 'the state of a unit',
      make: [['systemctl', 'stop', 'nginx']],
      undo: [['systemctl', 'start', 'nginx']],
      seen: /^units nginx\.service: active was active, is inactive/,
    },
    {
      of: 'a unit that is masked until the next boot',
      make: [['systemctl', 'mask', '--runtime', 'slapd']],
      undo: [['systemctl', 'unmask', '--runtime', 'slapd']],
      seen: /^files \/run\/systemd\/system\/slapd\.service: appeared/,
    },
    {
      of: 'a transient timer',
      make: [['systemd-run', '--quiet', '--unit=later', '--on-active=1h', 'true']],
      undo: [['systemctl', 'stop', 'later.timer']],
      seen: /^units later\.timer: appeared/,
    },
    {
      of: 'a locked user',
      make: [
        ['cp', '--preserve=all', '/etc/shadow', '/tmp/shadow'],
        ['touch', '--reference=/etc', '/tmp/time'],
        ['passwd', '--quiet', '--lock', 'anna'],
      ],
      undo: [
        ['cp', '--preserve=all', '/tmp/shadow', '/etc/shadow'],
        ['touch', '--reference=/tmp/time', '/etc'],
      ],
      seen: /^users anna: password was usable, is locked/,
    },
    {
      of: 'a firewall rule',
      make: [
        ['nft', 'add table inet lab'],
        ['nft', 'add chain inet lab out { type filter hook output priority 0; policy accept; }'],
        ['nft', 'add rule inet lab out ip daddr 10.99.0.1 drop'],
      ],
      undo: [['nft', 'delete table inet lab']],
      seen: /^firewall rule inet lab out 1: appeared/,
    },
    {
      of: 'an interface that is down, and a route',
      make: [['ip', 'route', 'add', 'blackhole', '10.98.0.0/24']],
      undo: [['ip', 'route', 'delete', 'blackhole', '10.98.0.0/24']],
      seen: /^network route blackhole 10\.98\.0\.0\/24.*: appeared/,
    },
  ]

  describe('sees', () => {
    test.each(changes)('$of, and that it was rolled back', async ({ make, undo, seen }) => {
      for (const argv of make) await host.exec(argv)
      expect(await difference()).toEqual(expect.arrayContaining([expect.stringMatching(seen)]))
      for (const argv of undo) await host.exec(argv)
      expect(await difference()).toEqual([])
    })
  })

  test('leaves out what a rule names, and nothing else', async () => {
    const rules = [
      { section: 'files', key: '/opt/noise', reason: 'made for this test' },
      { section: 'files', key: '/opt', fields: ['mtime'], reason: 'made for this test' },
    ]
    const quiet = await host.manifest({ ignore: rules })
    await host.writeFile('/opt/noise', 'a')
    await host.writeFile('/opt/signal', 'a')
    const lines = diffManifests(quiet, await host.manifest({ ignore: rules }))
    expect(lines).toEqual([expect.stringMatching('^files /opt/signal: appeared')])
  })
})
