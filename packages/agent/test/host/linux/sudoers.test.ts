import { describe, expect, it } from 'vitest'
import { allowsRoot } from '../../../src/host/linux/accounts/root-programs.ts'
import { grantOf } from '../../../src/host/linux/accounts/sudoers/grants.ts'
import { readSudoers } from '../../../src/host/linux/accounts/sudoers/read.ts'
import { filesUnder } from '../../../src/host/simulated/files.ts'
import { isRoot, plant, type Seed, temporaryFolder } from '../support.ts'

const groups = new Set(['#1001', 'anna', '#27', 'sudo', '#3000', 'domain admins'])
const anna = { name: 'anna', uid: 1001, groups, everyGroup: groups }

async function read(text: string, more: Readonly<Record<string, string | Seed>> = {}) {
  const root = await temporaryFolder()
  await plant(root, { 'etc/sudoers': { text, mode: 0o440 }, ...more })
  return readSudoers(filesUnder(root), 'erp1.example.test')
}

async function granted(text: string, more: Readonly<Record<string, string | Seed>> = {}) {
  const sudoers = await read(text, more)
  if (sudoers === null) throw new Error('there is a file')
  expect(sudoers.problems).toEqual([])
  return grantOf(sudoers, anna, ['erp1.example.test'])
}

describe('the rules of sudo', () => {
  it.each([
    ['her name', 'anna ALL=(ALL:ALL) ALL'],
    ['her name, without a blank', 'anna\tALL = (ALL) ALL'],
    ['a group', '%sudo ALL=(ALL:ALL) ALL'],
    ['a group by its number', '%#27 ALL=(ALL) ALL'],
    ['a group with a blank', '%domain\\ admins ALL=(ALL) ALL'],
    ['a group in quotes', '"%domain admins" ALL=(ALL) ALL'],
    ['a group that is her primary one', '%anna ALL=(root) ALL'],
    ['her number', '#1001 ALL=(ALL) ALL'],
    ['everybody', 'ALL ALL=(ALL) ALL'],
    ['everybody but another', 'ALL, !ben ALL=(ALL) ALL'],
    ['an alias', 'User_Alias ADMINS = ben, anna : OTHERS = carl\nADMINS ALL=(ALL) ALL'],
    ['an alias of an alias, not not', 'User_Alias A = !anna\nUser_Alias B = !A\nB ALL = ALL'],
    ['a list over several lines', 'ben, \\\n  anna ALL = (ALL) \\\n  ALL # and no more'],
    ['no parentheses', 'anna ALL=ALL'],
    ['this host', 'anna erp1=(ALL) ALL'],
    ['this host in full, in an alias', 'Host_Alias ERP = erp2, erp1.example.test\nanna ERP=(ALL) ALL'],
    ['one of two host lists', 'anna mail = /bin/ls : erp1 = (root) NOPASSWD: ALL'],
    ['tags and options before', 'anna ALL=(root) CWD=/tmp SETENV: NOEXEC: PASSWD: ALL'],
    ['a shell', 'anna ALL=(root) /usr/bin/less, /bin/bash'],
    ['a shell by a pattern', 'anna ALL=(root) /bin/*'],
    ['a folder of programs', 'anna ALL=(root) /usr/bin/'],
    ['su', 'anna ALL=(root) /bin/su -'],
    ['su in an alias', 'Cmnd_Alias BECOME = /bin/ls, /usr/bin/su\nanna ALL=(root) BECOME'],
    ['a digest before', `anna ALL=(root) sha224:${'0'.repeat(56)} /bin/sh`],
    [
      'a digest in an alias',
      `Cmnd_Alias S = sha224:${'0'.repeat(56)} /bin/sh, /bin/ls : L = /bin/ls\nanna ALL=(root) S`,
    ],
    ['an address of IPv6 among the hosts', 'anna 2001:db8::1, erp1 = (ALL) ALL : mail = /bin/ls'],
    ['a network of IPv6 in an alias', 'Host_Alias N = 2001:db8::/32, erp1 : M = mail\nanna N=(ALL) ALL'],
    ['root among others', 'Runas_Alias OP = www-data, root\nanna ALL=(OP) ALL'],
    ['a later word', 'anna ALL=(ALL) !ALL\nanna ALL=(ALL) ALL'],
    ['one that may not do a harmless thing', 'anna ALL=(ALL) ALL, !/usr/bin/passwd'],
  ])('make root of her by %s', async (_, text) => expect(await granted(text)).not.toBeNull())

  it.each([
    ['another', 'ben ALL=(ALL) ALL'],
    ['a group that is not hers', '%wheel ALL=(ALL) ALL'],
    ['everybody but her', 'ALL, !anna ALL=(ALL) ALL'],
    ['a group but her', '%sudo, !anna ALL=(ALL) ALL'],
    ['another host', 'anna mail=(ALL) ALL'],
    ['every host but this', 'anna ALL, !erp1=(ALL) ALL'],
    ['another account', 'anna ALL=(postgres) ALL'],
    ['a group to be in only', 'anna ALL=(:adm) ALL'],
    ['everybody but root', 'anna ALL=(ALL, !root) ALL'],
    ['a command', 'anna ALL=(ALL) /usr/bin/systemctl restart nginx'],
    ['a shell that runs one script', 'anna ALL=(root) /bin/bash /opt/backup.sh'],
    ['su to another', 'anna ALL=(root) /bin/su - postgres'],
    ['editing a file', 'anna ALL=(root) sudoedit /etc/hosts'],
    ['all but shells', 'Cmnd_Alias SHELLS = /bin/sh, /bin/bash\nanna ALL=(ALL) ALL, !SHELLS'],
    ['an earlier word', 'anna ALL=(ALL) ALL\n%sudo ALL=(ALL) !ALL'],
    ['a netgroup, which nobody can ask here', '+admins ALL=(ALL) ALL'],
    ['a comment', '# anna ALL=(ALL) ALL\n#anna ALL=(ALL) ALL'],
    ['a rule that is over some day', 'anna ALL=(ALL) NOTAFTER=20200101000000Z ALL'],
  ])('do not by %s', async (_, text) => expect(await granted(text)).toBeNull())

  it.each([
    ['anna ALL=(ALL) NOPASSWD: ALL', { withoutPassword: true, rootPassword: false }],
    ['anna ALL=(ALL) NOPASSWD: /bin/ls, PASSWD: ALL', { withoutPassword: false, rootPassword: false }],
    ['Defaults !authenticate\nanna ALL=(ALL) ALL', { withoutPassword: true, rootPassword: false }],
    ['Defaults:anna !authenticate\nanna ALL=(ALL) ALL', { withoutPassword: true, rootPassword: false }],
    ['Defaults:ben !authenticate\nanna ALL=(ALL) ALL', { withoutPassword: false, rootPassword: false }],
    ['Defaults env_reset, targetpw\nALL ALL=(ALL) ALL', { withoutPassword: false, rootPassword: true }],
    ['Defaults !authenticate\nDefaults:%sudo authenticate\nanna ALL=(ALL) ALL', { withoutPassword: false }],
    ['Defaults:ben rootpw\nanna ALL=(ALL) ALL', { withoutPassword: false, rootPassword: false }],
  ])('say which password is asked for: %s', async (text, expected) =>
    expect(await granted(text)).toMatchObject(expected),
  )

  it('name the line', async () => {
    expect((await granted('Defaults env_reset\n\n%sudo ALL=(ALL) ALL'))?.by).toBe('%sudo (/etc/sudoers line 3)')
  })

  it.each([
    ['@includedir /etc/sudoers.d', { 'etc/sudoers.d/90-anna': 'anna ALL=(ALL) ALL\n' }, true],
    ['#includedir sudoers.d', { 'etc/sudoers.d/90-anna': 'anna ALL=(ALL) ALL\n' }, true],
    ['@include /etc/more', { 'etc/more': 'anna ALL=(ALL) ALL\n' }, true],
    ['@include "/etc/%h.conf"', { 'etc/erp1.conf': 'anna ALL=(ALL) ALL\n' }, true],
    ['@includedir /etc/sudoers.d', { 'etc/sudoers.d/anna.bak': 'anna ALL=(ALL) ALL\n' }, false],
    ['@includedir /etc/sudoers.d', { 'etc/sudoers.d/anna~': 'anna ALL=(ALL) ALL\n' }, false],
    ['@include /etc/gone', {}, false],
  ] as const)('are read from what is included: %s %j', async (text, more, expected) => {
    expect((await granted(text, more)) !== null).toBe(expected)
  })

  it.each(['anna ALL', 'anna = ALL', 'anna ALL=(ALL) bash', 'User_Alias lower = anna', 'what is this = this'])(
    'are not relied on when a line is not understood: %s',
    async (text) => {
      expect((await read(text))?.problems).toEqual([expect.stringContaining('/etc/sudoers line 1')])
    },
  )

  it('are not relied on when everybody may write them', async () => {
    const more = { 'etc/sudoers.d/x': { text: 'anna ALL=(ALL) ALL\n', mode: 0o666 } }
    expect((await read('@includedir /etc/sudoers.d', more))?.problems).toEqual([
      '/etc/sudoers.d/x (everybody may write it)',
    ])
  })

  it.runIf(isRoot)(
    'are not relied on when somebody else owns them, or their folder, or a group may write them',
    async () => {
      const rule = 'anna ALL=(ALL) ALL\n'
      const folder = '@includedir /etc/sudoers.d'
      const owned = { 'etc/sudoers.d/x': { text: rule, mode: 0o440, uid: 1001 } }
      expect((await read(folder, owned))?.problems).toEqual(['/etc/sudoers.d/x (user 1001 owns it)'])
      const shared = { 'etc/sudoers.d/x': { text: rule, mode: 0o460, gid: 1001 } }
      expect((await read(folder, shared))?.problems).toEqual(['/etc/sudoers.d/x (group 1001 may write it)'])
    },
  )

  it('end when files include each other', async () => {
    expect((await read('@include /etc/sudoers'))?.problems).toHaveLength(1)
  })
})

describe('what sudo itself lists', () => {
  const head =
    'Matching Defaults entries for anna on erp1:\n    env_reset, mail_badpass\n\nUser anna may run the following commands on erp1:\n'
  it.each([
    [`${head}    (ALL : ALL) ALL\n`, true],
    [`${head}    (root) NOPASSWD: /usr/bin/ls\n    (ALL) NOPASSWD: ALL\n`, true],
    [`${head}    (root) /bin/bash\n`, true],
    [`${head}    (postgres) ALL\n`, false],
    [`${head}    (root) /usr/bin/ls\n`, false],
    ['User anna is not allowed to run sudo on erp1.\n', false],
  ])('%j', (listing, expected) => expect(allowsRoot(listing)).toBe(expected))
})
