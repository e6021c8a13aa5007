import { existsSync } from 'node:fs'
import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupLines, passwdLines } from '../../../src/host/linux/accounts/databases.ts'
import {
  everybodyByGetent,
  fileAccounts,
  groupIdsById,
  lookupByGetent,
} from '../../../src/host/linux/accounts/index.ts'
import { lockDatabase } from '../../../src/host/linux/accounts/lock.ts'
import { membersOf, withMember, withoutMember } from '../../../src/host/linux/accounts/member-line.ts'
import { linuxFiles } from '../../../src/host/linux/files/index.ts'
import { stage } from '../../actions/support.ts'
import { spyOnSync } from '../../fixtures/sync-spy.ts'
import { temporaryFolder } from '../support.ts'

describe('lines of passwd and group', () => {
  it('are read, and rubbish is passed over', () => {
    expect(passwdLines('root:x:0:0:r:/root:/bin/sh\n+nis\n\nx:y\n')).toEqual([
      { name: 'root', uid: 0, gid: 0, home: '/root', shell: '/bin/sh', password: 'x' },
    ])
    expect(groupLines('sudo:x:27:a,b\nempty:x:3:\n# no\n')).toEqual([
      { name: 'sudo', gid: 27, members: ['a', 'b'] },
      { name: 'empty', gid: 3, members: [] },
    ])
  })
})

describe('the line of one group', () => {
  const name = fc.stringMatching(/^[a-z]{1,6}$/)

  it('comes back exactly when the account returns to its place', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 6 }),
        fc.nat(5),
        fc.uint8Array({ maxLength: 40 }),
        (members, pick, noise) => {
          const account = members[pick % members.length] ?? ''
          const rubbish = Buffer.from(noise).toString('latin1').replaceAll('\n', '')
          const before = Buffer.from(
            `# ${rubbish}\nrelease:x:50:${members.join(',')}\nreleased:x:51:${account}`,
            'latin1',
          )
          const after = withoutMember(before, 'release', account)
          expect(membersOf(after, 'release')).not.toContain(account)
          expect(withMember(after, 'release', account, members.indexOf(account))?.equals(before)).toBe(true)
        },
      ),
    )
  })

  it('is left alone where the group is gone or the account is there', () => {
    expect(withMember(Buffer.from('other:x:1:\n'), 'release', 'anna', 0)).toBeNull()
    expect(withMember(Buffer.from('release:x:1:anna\n'), 'release', 'anna', 0)).toBeNull()
    expect(membersOf(Buffer.from('release:broken\n'), 'release')).toBeNull()
  })
})

describe('the lock of the shadow tools', () => {
  it('is taken, holds our process id, and is given back', async () => {
    const path = join(await temporaryFolder(), 'group')
    {
      await using _ = await lockDatabase(path, 'T')
      expect((await linuxFiles.read(`${path}.lock`, 100)).toString()).toBe(`${process.pid}\0`)
    }
    expect(await linuxFiles.exists(`${path}.lock`)).toBe(false)
  })

  it('is waited for while its process lives', async () => {
    const path = join(await temporaryFolder(), 'group')
    await writeFile(`${path}.lock`, `${process.ppid}\0`)
    await expect(lockDatabase(path, 'T')).rejects.toMatchObject({ code: 'timed-out' })
  })

  it.each([
    ['with the process id of somebody who lives now', `${process.ppid}\0`],
    ['empty, as a power cut may leave it', ''],
  ])('of an earlier start of the machine is stale: %s', async (_, text) => {
    const path = join(await temporaryFolder(), 'group')
    await writeFile(`${path}.lock`, text)
    await utimes(`${path}.lock`, 1_000_000_000, 1_000_000_000)
    await using _lock = await lockDatabase(path, 'T')
    expect((await linuxFiles.read(`${path}.lock`, 100)).toString()).toBe(`${process.pid}\0`)
  })

  it('has its process id on disk before it has its name', async () => {
    const path = join(await temporaryFolder(), 'group')
    const order: string[] = []
    using _spy = await spyOnSync(() => order.push(existsSync(`${path}.lock`) ? 'locked' : 'synced before'))
    await using _lock = await lockDatabase(path, 'T')
    expect(order).toEqual(['synced before'])
  })
})

describe('accounts', () => {
  it('are described with groups, and whether they may log in', async () => {
    const { host } = await stage()
    expect(await host.accounts.account('anna')).toEqual({
      ...{ name: 'anna', uid: 1001, gid: 1001, mayLogIn: true, primaryGroup: 'anna', groups: ['sudo', 'release'] },
    })
    expect((await host.accounts.account('robot')).mayLogIn).toBe(false)
    await expect(host.accounts.account('zoe')).rejects.toMatchObject({ code: 'not-there' })
    await expect(host.accounts.members('zoos')).rejects.toMatchObject({ code: 'not-there' })
  })

  it('of this machine are found by its name service', async () => {
    const paths = { groupFile: '/etc/group', gshadowFile: '/etc/gshadow' }
    const asked = { sessionGroups: groupIdsById, everybody: everybodyByGetent }
    const accounts = fileAccounts({ files: linuxFiles, lookup: lookupByGetent, ...asked, ...paths })
    expect(await accounts.account('root')).toMatchObject({ uid: 0, gid: 0, primaryGroup: 'root' })
    expect(await accounts.nameOfId(0)).toBe('root')
    expect(await accounts.nameOfId(3_999_999)).toBeNull()
    expect((await accounts.groupIds('root'))[0]).toBe(0)
    expect(await accounts.primaryMembers(0)).toContain('root')
    for (const name of ['EXAMPLE\\nobody here', '-G', '--help']) {
      await expect(accounts.account(name)).rejects.toMatchObject({ code: 'not-there' })
      await expect(accounts.groupIds(name)).rejects.toMatchObject({ code: 'not-there' })
    }
  })
})
