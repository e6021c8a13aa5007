import { chown } from 'node:fs/promises'
import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { describe, expect, it } from 'vitest'
import { accountDisable } from '../../src/actions/account/disable.ts'
import { membershipRevoke } from '../../src/actions/membership/revoke.ts'
import { permissionRevoke } from '../../src/actions/permission/revoke.ts'
import type { Finished, RunOptions } from '../../src/host/host.ts'
import { fileAccounts } from '../../src/host/linux/accounts/index.ts'
import { isRoot } from '../host/support.ts'
import { accountsOf, prepare, stage } from './support.ts'

/** As a host that is a member of a domain answers: no lists, one name for each account, however it is asked for. */
const people: Readonly<Record<string, string>> = {
  'EXAMPLE\\anna': 'anna@example.test:*:70001:70513::/home/anna:/bin/bash',
  'anna@example.test': 'anna@example.test:*:70001:70513::/home/anna:/bin/bash',
  jürgen: 'jürgen:*:70002:70513::/home/jürgen:/bin/bash',
  '70001': 'anna@example.test:*:70001:70513::/home/anna:/bin/bash',
}
const groups: Readonly<Record<string, string>> = {
  'domain users': 'domain users:*:70513:',
  '70513': 'domain users:*:70513:',
  finance: 'finance:*:70600:',
}
const sessions: Readonly<Record<string, readonly number[]>> = {
  'EXAMPLE\\anna': [70_513, 70_600],
  'anna@example.test': [70_513, 70_600],
  jürgen: [70_513, 50],
}
const path = '/srv/share'

/** The account that this host would be asked as, or not. */
type Run = (argv: readonly string[], options: RunOptions) => Partial<Finished>

async function member(file: { gid: number; mode?: number }, run?: Run) {
  const files = { [`${path.slice(1)}/a.txt`]: 'a', 'home/anna/.profile': '' }
  const answer = (ran: Partial<Finished>): Finished => ({ code: 0, signal: null, stdout: '', stderr: '', ...ran })
  const made = await stage(files, run ? { run: async (argv, options) => answer(run(argv, options)) } : {})
  const { host, root, context } = made
  await chown(join(root, path), 0, file.gid)
  await chown(join(root, 'home/anna'), 70_001, 70_513)
  await host.files.setMetadata(
    path,
    { ...(await host.files.metadata(path)), mode: file.mode ?? 0o2770 },
    await host.files.metadata(path),
  )
  const lookup = async (database: 'passwd' | 'group', name: string) => {
    const rows = (await host.files.read(`/etc/${database}`, 1 << 20)).toString('utf8').split('\n')
    const own = rows.find((row) => [row.split(':')[0], row.split(':')[2]].includes(name))
    return own ?? (database === 'passwd' ? people : groups)[name] ?? ''
  }
  const sessionGroups = async (name: string) => {
    const gids = sessions[name] ?? (await local.groupIds(name))
    return gids
  }
  const paths = { groupFile: '/etc/group', gshadowFile: '/etc/gshadow', lockPath: (at: string) => join(root, at) }
  const local = fileAccounts({ files: host.files, lookup, ...paths })
  const accounts = fileAccounts({ files: host.files, lookup, sessionGroups, ...paths })
  return { ...made, context: { ...context, host: { ...host, accounts } }, accounts }
}

describe.runIf(isRoot)('permission.revoke and a directory', () => {
  it.each([
    ['an account by its domain', { account: 'EXAMPLE\\anna' }, 'EXAMPLE\\anna'],
    ['an account by its long name', { account: 'anna@example.test' }, 'anna@example.test'],
    ['a group that lists nobody, by an account that has a home here', { group: 'domain users' }, 'anna@example.test'],
    ['a group with a named witness', { group: 'domain users', witness: 'jürgen' }, 'jürgen'],
    ['everybody', { everyone: true }, 'anna@example.test'],
  ])('takes access from %s', async (_, whose, witness) => {
    const { context } = await member({ gid: 70_513 })
    expect(await prepare(permissionRevoke, context, { path, ...whose })).toMatchObject({ witness })
  })

  it('finds local people who have the group as their primary one', async () => {
    const { context } = await member({ gid: 1_001 })
    expect(await prepare(permissionRevoke, context, { path, group: 'anna' })).toMatchObject({ witness: 'anna' })
  })

  it('tries it as that account, because every folder on the way counts', async () => {
    const asked: unknown[] = []
    const { context } = await member({ gid: 70_513 }, ([...argv], { as }) => {
      asked.push([...argv, as])
      return { code: as === 'jürgen' ? 0 : 1 }
    })
    const params = { path, group: 'domain users' }
    await expect(prepare(permissionRevoke, context, params)).rejects.toMatchObject({ code: 'wrong-state' })
    expect(asked).toEqual([['test', '-r', path, 'anna@example.test']])
    expect(await prepare(permissionRevoke, context, { ...params, witness: 'jürgen' })).toMatchObject({
      witness: 'jürgen',
    })
  })

  it.each([
    [{ group: 'finance', witness: 'jürgen' }, 'not-a-member', /jürgen is not a member of finance/],
    [{ account: 'jürgen' }, 'no access', /jürgen cannot read \/srv\/share now/],
    [{ group: 'domain users', witness: 'anna@example.test' }, 'another way', /can read it in another way too/],
  ])('says why not for %j (%s)', async (whose, why, reason) => {
    const file = why === 'no access' ? { gid: 27 } : why === 'another way' ? { gid: 70_600 } : { gid: 70_513 }
    const { context } = await member(file)
    const refusal = prepare(permissionRevoke, context, { path, ...whose })
    await expect(refusal).rejects.toMatchObject({ code: 'wrong-state', message: expect.stringMatching(reason) })
  })

  it('does not say that nobody would lose access where nobody can be named', async () => {
    const { context, root } = await member({ gid: 70_513 })
    await chown(join(root, 'home/anna'), 0, 0)
    await expect(prepare(permissionRevoke, context, { path, group: 'domain users' })).rejects.toThrow(
      /No account is known here that is a member of domain users.*"witness"/,
    )
  })

  it('asks a directory that does not answer once, and says so', async () => {
    const { context, accounts } = await member({ gid: 50 })
    let asked = 0
    const account = async (): Promise<never> => {
      asked += 1
      throw new ChaosError('timed-out', 'getent did not end within 10000 ms.')
    }
    const hung = { ...context, host: { ...context.host, accounts: { ...accounts, account } } }
    await expect(prepare(permissionRevoke, hung, { path, group: 'release' })).rejects.toMatchObject({
      code: 'timed-out',
    })
    expect(asked).toBe(1)
  })
})

describe.runIf(isRoot)('what a directory keeps is not changed here, and the reason is true', () => {
  it.each([
    [
      'a group of the directory',
      { account: 'anna@example.test', group: 'finance' },
      /group finance comes from a directory/,
    ],
    ['a primary group', { account: 'EXAMPLE\\anna', group: 'domain users' }, /is the primary group of EXAMPLE\\anna/],
    [
      'a membership of the directory',
      { account: 'jürgen', group: 'release' },
      /member of release by a directory service/,
    ],
    ['no membership', { account: 'jürgen', group: 'sudo' }, /jürgen is not a member of sudo/],
  ])('membership.revoke: %s', async (_, params, reason) => {
    const { context } = await member({ gid: 0 })
    const refusal = prepare(membershipRevoke, context, params)
    await expect(refusal).rejects.toMatchObject({ code: 'cannot-restore', message: expect.stringMatching(reason) })
    await expect(refusal).rejects.not.toThrow(/no account|no group|does not exist/)
  })

  it('account.disable', async () => {
    const { context } = await member({ gid: 0 })
    const refusal = prepare(accountDisable, context, { account: 'EXAMPLE\\anna' })
    await expect(refusal).rejects.toMatchObject({ code: 'cannot-restore' })
    await expect(refusal).rejects.toThrow(
      /anna@example\.test comes from a directory service: it is not in \/etc\/passwd/,
    )
  })

  it('local accounts with names of other scripts are changed and come back', async () => {
    const made = await stage({
      'etc/passwd': `${accountsOf['etc/passwd']}jürgen:x:1009:50::/:/bin/sh\n`,
      'etc/group': `${accountsOf['etc/group']}büro leitung:x:60:anna,jürgen\n`,
    })
    const params = { account: 'jürgen', group: 'büro leitung' }
    const undo = await prepare(membershipRevoke, made.context, params)
    await membershipRevoke.inject(made.context, params, undo)
    const group = async () => (await made.host.files.read('/etc/group', 1 << 20)).toString('utf8')
    expect(await group()).toContain('büro leitung:x:60:anna\n')
    expect(await membershipRevoke.revert(made.context, undo)).toMatchObject({ restoration: 'identical' })
    expect(await group()).toContain('büro leitung:x:60:anna,jürgen\n')
    expect(membershipRevoke.byHand(undo, '/r').join('\n')).toContain("gpasswd -a 'jürgen' 'büro leitung'")
  })
})
