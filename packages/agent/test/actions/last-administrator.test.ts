import { describe, expect, it } from 'vitest'
import { permissionRevoke } from '../../src/actions/permission/revoke.ts'
import { dataQuarantine } from '../../src/actions/quarantine/folder.ts'
import type { Taken } from '../../src/host/administrators.ts'
import { hasAcl, isRoot } from '../host/support.ts'
import {
  asked,
  both,
  disable,
  good,
  hash,
  heldThen,
  hostWith,
  key,
  keyOnly,
  keysOnly,
  leave,
  refused,
  scene,
  ssh,
  sudoers,
} from './administrators.ts'
import { stage } from './support.ts'

describe('who can still become root', () => {
  it('one of two may be disabled, or leave the group', async () => {
    const { context } = await stage(both)
    await expect(asked(context, disable('bob'))).resolves.toBeDefined()
    await expect(asked(context, leave('alice'))).resolves.toBeDefined()
  })

  it.each([
    ['disable bob, then take alice out', disable('bob'), leave('alice')],
    ['take alice out, then disable bob', leave('alice'), disable('bob')],
    ['disable bob, then alice', disable('bob'), disable('alice')],
    ['take bob out, then alice', leave('bob'), leave('alice')],
  ])('never both: %s', async (_, first, second) => {
    const { context } = await stage(both)
    const pair = await heldThen(context, first, second)
    await expect(pair.second()).rejects.toMatchObject(refused)
    // The same where only the journal knows of the failure, because somebody changed the files back meanwhile.
    const fresh = await stage(both)
    await expect(asked({ ...fresh.context, held: pair.held }, second)).rejects.toMatchObject(refused)
  })

  it('a failure that takes nothing of that is no matter', async () => {
    const { context } = await stage(both)
    const pair = await heldThen(context, disable('bob'), leave('alice', 'finance'))
    await expect(pair.second()).resolves.toBeDefined()
  })

  it.each([
    ['locked', `!${good}`],
    ['without a password', ':19000:0:99999:7:::'],
    ['expired', `${hash}:19000:0:99999:7::15000:`],
    ['past the days of grace', `${hash}:19000:0:30:7:10::`],
  ])('a colleague who is %s does not count', async (_, shadow) => {
    const { context } = await stage(hostWith({ alice: good, bob: shadow }, 'sudo:x:27:alice,bob'))
    await expect(asked(context, leave('alice'))).rejects.toMatchObject(refused)
    await expect(asked(context, leave('alice'))).rejects.toThrow(/alice \(sudo: %sudo/)
    await expect(asked(context, leave('alice'))).rejects.toThrow(/Not counted: .*bob/)
  })

  it.each(['/usr/sbin/nologin', '/bin/false', '/usr/bin/git-shell'])('nor one with the shell %s', async (shell) => {
    const files = { ...both, 'etc/passwd': String(both['etc/passwd']).replace('bob:/bin/bash', `bob:${shell}`) }
    const { context } = await stage(files)
    await expect(asked(context, disable('alice'))).rejects.toMatchObject(refused)
  })

  it('nor one whose shell cannot be started, nor anybody while a file nologin is there', async () => {
    const files = { ...both, 'etc/passwd': String(both['etc/passwd']).replace('bob:/bin/bash', 'bob:/bin/zsh') }
    await expect(
      asked(await scene(files, { runs: (shell) => shell !== '/bin/zsh' }), disable('alice')),
    ).rejects.toMatchObject(refused)
    const { context } = await stage({ ...both, 'etc/nologin': '' })
    await expect(asked(context, disable('alice'))).rejects.toMatchObject(refused)
  })

  it.each([
    [
      'rules in an included file',
      sudoers('@includedir /etc/sudoers.d'),
      { 'etc/sudoers.d/bob': 'bob ALL=(ALL) ALL\n', 'etc/sudoers.d/alice': 'alice ALL=(ALL) ALL\n' },
      true,
    ],
    ['a group of sudo that has no rule', sudoers('alice ALL=(ALL) ALL'), {}, false],
    ['a rule for one command', sudoers('alice ALL=(ALL) ALL\nbob ALL=(ALL) /usr/bin/systemctl'), {}, false],
    ['a rule that is not understood', sudoers('alice ALL=(ALL) ALL\nbob ALL=(ALL) ALL\nwhat = is this'), {}, false],
    ['doas', { 'etc/doas.conf': 'permit persist :sudo\n' }, {}, true],
    ['doas, with a later word', { 'etc/doas.conf': 'permit :sudo\ndeny bob\n' }, {}, false],
    ['doas for one command', { 'etc/doas.conf': 'permit alice\npermit bob cmd reboot\n' }, {}, false],
  ] as const)('is asked of the rules: %s', async (_, rules, more, admitted) => {
    const { context } = await stage({ ...both, ...rules, ...more })
    const answer = asked(context, disable('alice'))
    if (admitted) await expect(answer).resolves.toBeDefined()
    else await expect(answer).rejects.toMatchObject(refused)
  })

  it('a folder that holds a file of sudo, or the shell of the last one, is not taken', async () => {
    const more = {
      ...both,
      ...sudoers('@include /srv/it/sudoers'),
      'srv/it/sudoers': '%sudo ALL=(ALL) ALL\n',
      'srv/other/a': '',
    }
    const move = (folder: string) => ({ action: dataQuarantine, params: { folder } })
    await expect(asked((await stage(more)).context, move('/srv/it'))).rejects.toThrow(
      /\/srv\/it\/sudoers is taken away/,
    )
    await expect(asked((await stage(more)).context, move('/srv/other'))).resolves.toBeDefined()
    const passwd = String(both['etc/passwd']).replaceAll('/bin/bash', '/srv/shells/zsh')
    const shells = { ...both, 'etc/passwd': passwd, 'srv/shells/zsh': '' }
    await expect(asked((await stage(shells)).context, move('/srv/shells'))).rejects.toMatchObject(refused)
  })

  it('sudo itself has the last word', async () => {
    const files = { ...both, ...sudoers('%sudo ALL=(ALL) ALL') }
    const unsure = await scene(files, { sudoConfirms: async (name) => name !== 'bob' })
    await expect(asked(unsure, disable('alice'))).rejects.toMatchObject(refused)
    await expect(asked(unsure, disable('bob'))).resolves.toBeDefined()
  })

  it('a member by the primary group counts, and what a group forbids counts until it is rolled back', async () => {
    const primary = hostWith({ alice: good, bob: good }, 'sudo:x:27:alice')
    const files = {
      ...primary,
      'etc/passwd': String(primary['etc/passwd']).replace('bob:x:1002:1002', 'bob:x:1002:27'),
    }
    await expect(asked((await stage(files)).context, leave('alice'))).resolves.toBeDefined()
    const held: Taken[] = [{ kind: 'membership', account: 'bob', group: 'finance' }]
    const forbidding = {
      ...both,
      ...sudoers('%sudo ALL=(ALL) ALL\n%finance ALL=(ALL) !ALL'),
      'etc/group': 'sudo:x:27:alice,bob\nfinance:x:50:\n',
    }
    const { context } = await stage(forbidding)
    await expect(asked({ ...context, held }, disable('alice'))).rejects.toMatchObject(refused)
  })

  it('where nobody is found, only a root who can log in allows to touch what is meant for administrators', async () => {
    const locked = hostWith({ alice: `!${good}`, bob: good }, 'sudo:x:27:alice\nfinance:x:50:bob')
    await expect(asked((await stage(locked)).context, leave('alice'))).rejects.toThrow(/root cannot log in either/)
    await expect(asked((await stage(locked)).context, leave('bob', 'finance'))).resolves.toBeDefined()
    const shadow = { text: `root:${good}\nalice:!${good}\nbob:${good}\n`, mode: 0o640 }
    await expect(
      asked((await stage({ ...locked, 'etc/shadow': shadow })).context, leave('alice')),
    ).resolves.toBeDefined()
  })
})

describe('who has only a key', () => {
  const people = { alice: keyOnly, bob: keyOnly }
  const keys = { 'home/alice/.ssh/authorized_keys': key, 'home/bob/.ssh/authorized_keys': key }
  const files = { ...hostWith(people, 'sudo:x:27:alice,bob', keys), ...sudoers('%sudo ALL=(ALL) NOPASSWD: ALL') }

  it('counts where SSH takes keys and sudo asks for no password', async () => {
    await expect(asked(await scene(files, ssh(keysOnly)), disable('alice'))).resolves.toBeDefined()
    const asking = { ...files, ...sudoers('alice ALL=(ALL) NOPASSWD: ALL\nbob ALL=(ALL) ALL') }
    await expect(asked(await scene(asking, ssh(keysOnly)), disable('alice'))).rejects.toThrow(/bob: has no password/)
    await expect(asked(await scene(files, ssh('pubkeyauthentication no')), disable('alice'))).rejects.toBeDefined()
    const onShare = { ...ssh(keysOnly), isHere: async (path: string) => !path.startsWith('/home/bob/') }
    await expect(asked(await scene(files, onShare), disable('alice'))).rejects.toMatchObject(refused)
  })

  it.each([
    [
      'a group that SSH asks for',
      `${keysOnly}\nallowgroups ssh`,
      'sudo:x:27:alice,bob\nssh:x:60:alice,bob',
      leave('alice', 'ssh'),
      true,
    ],
    [
      'the last one in it',
      `${keysOnly}\nallowgroups ssh`,
      'sudo:x:27:alice,bob\nssh:x:60:alice',
      leave('alice', 'ssh'),
      false,
    ],
    ['a list of users', `${keysOnly}\nallowusers al*`, 'sudo:x:27:alice,bob', disable('alice'), false],
    ['users who are denied', `${keysOnly}\ndenyusers bob`, 'sudo:x:27:alice,bob', disable('alice'), false],
  ] as const)('comes in over SSH by its rules: %s', async (_, settings, groups, step, admitted) => {
    const good2 = { alice: good, bob: good }
    const rules = sudoers('%sudo ALL=(ALL) NOPASSWD: ALL')
    const context = await scene({ ...hostWith(good2, groups, keys), ...rules }, ssh(settings))
    const answer = asked(context, step)
    if (admitted) await expect(answer).resolves.toBeDefined()
    else await expect(answer).rejects.toThrow(/no administrator who can log in over SSH/)
  })

  it.runIf(isRoot && hasAcl)('keeps the keys, and the folder above the last of them', async () => {
    const context = await scene(files, ssh(keysOnly))
    const on = (path: string) => ({ action: permissionRevoke, params: { path, everyone: true } })
    await expect(asked(context, on('/home/alice/.ssh'))).rejects.toThrow(/keys of the administrator alice/)
    await expect(asked(context, on('/home/alice/.ssh/authorized_keys'))).rejects.toMatchObject(refused)
    const moved = { action: dataQuarantine, params: { folder: '/home/alice' } }
    await expect(asked(context, moved)).resolves.toBeDefined()
    const held: Taken[] = [{ kind: 'path', path: '/home/bob' }]
    await expect(asked({ ...context, held }, on('/home/alice'))).rejects.toMatchObject(refused)
    await expect(asked({ ...context, held }, moved)).rejects.toMatchObject(refused)
  })
})
