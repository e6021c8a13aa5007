import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { membershipRevoke } from '../../../src/actions/membership/revoke.ts'
import { dyingFiles, manifest } from '../../host/support.ts'
import { accountsOf, inject, prepare, stage } from '../support.ts'

const params = { account: 'anna', group: 'release' }
const group = (root: string) => readFile(join(root, 'etc/group'), 'utf8')

describe('membership.revoke', () => {
  it('takes the account out of group and gshadow, and rolls it back in its place', async () => {
    const { root, host, context } = await stage()
    const before = await manifest(root)
    const failure = await inject(membershipRevoke, context, params)
    expect(await host.accounts.members('release')).toEqual(['robot', 'ben'])
    expect(await readFile(join(root, 'etc/gshadow'), 'utf8')).toContain('release:!:ben:robot,ben\n')
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await manifest(root)).toEqual(before)
  })

  it('finds an account behind a blank, as the C library does, and gives every blank back', async () => {
    const { root, host, context } = await stage()
    const odd = accountsOf['etc/group']?.replace(/^(release:.*:)robot,anna,ben$/m, ' $1robot,\t anna,  ben') ?? ''
    expect(odd).toContain(' anna,  ben')
    await writeFile(join(root, 'etc/group'), odd)
    const failure = await inject(membershipRevoke, context, params)
    expect(await group(root)).toContain(' release:x:50:robot,  ben\n')
    expect(await host.accounts.members('release')).toEqual(['robot', 'ben'])
    await writeFile(join(root, 'etc/group'), `${await group(root)}new:x:60:ben\n`)
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await group(root)).toContain(' release:x:50:robot,anna,  ben\n')
  })

  it('works without a gshadow file', async () => {
    const { root, context } = await stage()
    await rm(join(root, 'etc/gshadow'))
    const before = await manifest(root)
    const failure = await inject(membershipRevoke, context, params)
    expect((await failure.revert()).restoration).toBe('identical')
    expect((await manifest(root))['/etc/group']).toBe(before['/etc/group'])
  })

  it('keeps a group that somebody made meanwhile, and the old place of the account', async () => {
    const { root, context } = await stage()
    const failure = await inject(membershipRevoke, context, params)
    await writeFile(join(root, 'etc/group'), `${await group(root)}new:x:60:ben\n`)
    const reverted = await failure.revert()
    expect(reverted.restoration).toBe('ours undone')
    expect(await group(root)).toBe(`${accountsOf['etc/group']}new:x:60:ben\n`)
    expect(await failure.standing()).toBe('conflict')
  })

  it('keeps an account that somebody rolled back themselves', async () => {
    const { root, context } = await stage()
    const failure = await inject(membershipRevoke, context, params)
    await writeFile(join(root, 'etc/group'), (await group(root)).replace('robot,ben', 'robot,ben,anna'))
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await group(root)).toContain('release:x:50:robot,ben,anna\n')
  })

  it('does not bring a group back that somebody removed', async () => {
    const { root, context } = await stage()
    const failure = await inject(membershipRevoke, context, params)
    await writeFile(join(root, 'etc/group'), 'root:x:0:\nsudo:x:27:anna,ben\n')
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await group(root)).toBe('root:x:0:\nsudo:x:27:anna,ben\n')
  })

  it('gives the folder its time back after attempts that could not', async () => {
    const { root, host, context, through } = await stage()
    const before = await manifest(root)
    const failure = await inject(membershipRevoke, context, params)
    const refuse = () => Promise.reject(new Error('the disk answers EIO'))
    const failing = through({ ...host.files, setMtime: refuse })
    const folder = async () => (await host.files.stamp('/etc'))?.mtimeNs
    await expect(membershipRevoke.revert(failing, failure.undo)).rejects.toThrow('EIO')
    const left = await folder()
    // However long it takes until the next one: an attempt that finds the files back must not touch their folder.
    await expect(membershipRevoke.revert(failing, failure.undo)).rejects.toThrow('EIO')
    expect(await folder()).toBe(left)
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await manifest(root)).toEqual(before)
  })

  it('leaves everything as it was, the time of the folder too, when it could not even begin', async () => {
    const { root, host, through } = await stage()
    const before = await manifest(root)
    const failing = through({ ...host.files, keep: () => Promise.reject(new Error('the disk answers EIO')) })
    const undo = await prepare(membershipRevoke, failing, params)
    await expect(membershipRevoke.inject(failing, params, undo)).rejects.toThrow('EIO')
    expect(await manifest(root)).toEqual(before)
    expect(await membershipRevoke.revert(failing, undo)).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await manifest(root)).toEqual(before)
  })

  it('stands half way where it died between its two files, and not where somebody else was there too', async () => {
    const { root, host, context, through } = await stage()
    const before = await manifest(join(root, 'etc'))
    const undo = await prepare(membershipRevoke, context, params)
    const halfWay = () => membershipRevoke.halfWay?.(context, undo)
    expect(await halfWay()).toBe(false)
    const dying = dyingFiles(host.files, 2, 'after')
    await expect(membershipRevoke.inject(through(dying.files), params, undo)).rejects.toThrow('after step 2')
    expect(await host.accounts.members('release')).toContain('anna')
    expect(await readFile(join(root, 'etc/gshadow'), 'utf8')).toContain('release:!:ben:robot,ben\n')
    expect([await membershipRevoke.verify(context, undo), await halfWay()]).toEqual(['conflict', true])
    await writeFile(join(root, 'etc/group'), `${await group(root)}new:x:60:ben\n`)
    expect(await halfWay()).toBe(false)
    await writeFile(join(root, 'etc/group'), accountsOf['etc/group'])
    await membershipRevoke.revert(context, undo)
    expect((await manifest(join(root, 'etc')))['/gshadow']).toBe(before['/gshadow'])
  })

  it('waits for the lock of useradd, and takes over one whose process is gone', async () => {
    const { root, context } = await stage()
    const before = await manifest(root)
    const failure = await inject(membershipRevoke, context, params)
    await writeFile(join(root, 'etc/group.lock'), '4194399\0')
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await manifest(root)).toEqual(before)
  })

  it('asks the policy for the account and for the group', () => {
    expect(membershipRevoke.asks(params)).toEqual([
      { kind: 'account', value: 'anna' },
      { kind: 'group', value: 'release' },
    ])
  })
})

describe('membership.revoke refuses in prepare', () => {
  it.each([
    ['an account that does not exist', { account: 'zoe', group: 'release' }, 'not-there'],
    ['an account that is no member', { account: 'robot', group: 'sudo' }, 'cannot-restore'],
    ['a primary group', { account: 'anna', group: 'anna' }, 'cannot-restore'],
    ['root', { account: 'root', group: 'release' }, 'policy-refused'],
  ])('%s', async (_, wrong, code) => {
    const { context } = await stage()
    await expect(prepare(membershipRevoke, context, wrong)).rejects.toMatchObject({ code })
  })

  it('the last administrator', async () => {
    const { context } = await stage({ 'etc/group': 'sudo:x:27:anna\n' })
    await expect(prepare(membershipRevoke, context, { account: 'anna', group: 'sudo' })).rejects.toMatchObject({
      rule: 'built-in: the last administrator',
    })
  })
})
