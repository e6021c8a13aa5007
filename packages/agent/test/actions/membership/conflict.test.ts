import { readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { membershipRevoke } from '../../../src/actions/membership/revoke.ts'
import { manifest } from '../../host/support.ts'
import { accountsOf, inject, type Stage, stage } from '../support.ts'

const params = { account: 'anna', group: 'release' }

type Act = (etc: string) => Promise<void>

/** As the tools of the shadow suite write: another file takes the name. */
async function edit(etc: string, file: string, change: (text: string) => string): Promise<void> {
  const path = join(etc, file)
  const now = await readFile(path, 'utf8')
  if (change(now) === now) return
  await writeFile(`${path}+`, change(now))
  await rename(`${path}+`, path)
}

const inBoth =
  (change: (text: string) => string): Act =>
  async (etc) => {
    await edit(etc, 'group', change)
    await edit(etc, 'gshadow', change)
  }
const lines = (change: (line: string) => string | null) => (text: string) =>
  text
    .split('\n')
    .map(change)
    .filter((line) => line !== null)
    .join('\n')
const without = (name: string) => (line: string) =>
  line.replace(new RegExp(`(?<=[:,])${name}(,|$)`), '').replace(/,$/, '')

/** What an administrator does; the same on a host where nobody was taken out of a group. */
const acts: Readonly<Record<string, Act>> = {
  'a member more': inBoth(
    lines((line) => (/^release:.*[a-z]$/.test(line) && !line.includes('eve') ? `${line},eve` : line)),
  ),
  'a member less': inBoth(lines((line) => (line.startsWith('release:') ? without('ben')(line) : line))),
  'the group removed': inBoth(lines((line) => (line.startsWith('release:') ? null : line))),
  'another group': (etc) => edit(etc, 'group', (text) => (text.includes('new:') ? text : `${text}new:x:60:ben\n`)),
  'another group less': inBoth(lines((line) => (line.startsWith('sudo:') ? null : line))),
  'the account removed': async (etc) => {
    await edit(
      etc,
      'passwd',
      lines((line) => (line.startsWith('anna:') ? null : line)),
    )
    await inBoth(lines((line) => (line.startsWith('anna:') ? null : without('anna')(line))))(etc)
  },
  'a new inode': async (etc) => {
    await writeFile(join(etc, 'g'), await readFile(join(etc, 'group')))
    await rename(join(etc, 'g'), join(etc, 'group'))
  },
  'another file beside it': (etc) => writeFile(join(etc, 'theirs.conf'), 'x'),
}

async function texts(etc: string): Promise<string> {
  const files = ['group', 'gshadow', 'passwd'].map((name) => readFile(join(etc, name), 'utf8'))
  return (await Promise.all(files)).join('---\n')
}

async function meet(names: readonly string[]) {
  const [ours, other] = await Promise.all([stage(), stage()])
  const [etc, twin] = [join(ours.root, 'etc'), join(other.root, 'etc')]
  const failure = await inject(membershipRevoke, ours.context, params)
  for (const name of names) for (const place of [etc, twin]) await acts[name]?.(place)
  const reverted = await failure.revert()
  return { ...ours, etc, twin, reverted, again: await failure.revert(), standing: await failure.standing() }
}

describe('membership.revoke, whatever administrators do meanwhile', () => {
  it.each(Object.keys(acts))('leaves what they alone would have made: %s', async (name) => {
    const { etc, twin, reverted, again, standing, context } = await meet([name])
    expect(await texts(etc)).toBe(await texts(twin))
    expect((await readdir(etc)).filter((entry) => entry.includes(context.recordId) || entry.endsWith('.lock'))).toEqual(
      [],
    )
    expect(standing).not.toBe('after')
    expect(again.restoration).toBe(reverted.restoration)
  })

  it('leaves what they alone would have made, in any order', async () => {
    const order = fc.array(fc.constantFrom(...Object.keys(acts)), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(order, async (names) => {
        const { etc, twin, reverted, standing } = await meet(names)
        expect(await texts(etc), names.join(', ')).toBe(await texts(twin))
        expect(standing).not.toBe('after')
        const isSame = reverted.compared.every(({ same }) => same)
        expect(reverted.restoration).toBe(isSame ? 'identical' : 'ours undone')
      }),
      { numRuns: Number(process.env.CHAOS_LITE_PROPERTY_RUNS ?? 8) },
    )
  })

  it('gives the rights of a removed account to nobody who has its name now', async () => {
    const { root, context } = await stage()
    const failure = await inject(membershipRevoke, context, params)
    await edit(join(root, 'etc'), 'passwd', (text) => text.replace('anna:x:1001', 'anna:x:2001'))
    expect(await failure.standing()).toBe('conflict')
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('another one now')] })
    expect(await readFile(join(root, 'etc/group'), 'utf8')).toContain('release:x:50:robot,ben\n')
    expect(await failure.standing()).toBe('conflict')
  })

  it('says that an account was removed, and leaves nothing of ours', async () => {
    const { root, context } = await stage()
    const failure = await inject(membershipRevoke, context, params)
    await edit(join(root, 'etc'), 'passwd', (text) => text.replace(/^anna:.*\n/m, ''))
    const reverted = await failure.revert()
    expect(reverted.restoration).toBe('ours undone')
    expect(reverted.kept.join(' ')).toContain('The account anna was removed meanwhile')
    expect((await readdir(join(root, 'etc'))).filter((name) => name.includes(context.recordId))).toEqual([])
  })

  it('puts an account of a directory service back, which stands in no file of this host', async () => {
    const made: Stage = await stage()
    await edit(join(made.root, 'etc'), 'group', (text) => text.replace('robot,anna', 'robot,anna,remote'))
    const lookup = made.host.accounts.account
    const remote = {
      name: 'remote',
      uid: 70_001,
      gid: 50,
      mayLogIn: true,
      primaryGroup: 'release',
      groups: ['release'],
    }
    const account = async (name: string) => (name === 'remote' ? remote : lookup(name))
    const context = { ...made.context, host: { ...made.host, accounts: { ...made.host.accounts, account } } }
    const before = (await manifest(made.root))['/etc/group']
    const failure = await inject(membershipRevoke, context, { account: 'remote', group: 'release' })
    await failure.revert()
    expect((await manifest(made.root))['/etc/group']).toBe(before)
  })

  it('takes its change out of the file behind a link that they put in the place', async () => {
    const { root, context } = await stage()
    const failure = await inject(membershipRevoke, context, params)
    await rename(join(root, 'etc/group'), join(root, 'etc/group.real'))
    await symlink('group.real', join(root, 'etc/group'))
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({
      restoration: 'ours undone',
      kept: expect.arrayContaining([expect.stringContaining('group.real')]),
    })
    expect(await readFile(join(root, 'etc/group'), 'utf8')).toBe(accountsOf['etc/group'])
  })

  it('brings a removed group file back, because no host works without one', async () => {
    const { root, context } = await stage()
    const failure = await inject(membershipRevoke, context, params)
    await rm(join(root, 'etc/group'))
    const reverted = await failure.revert()
    expect(reverted.kept.join(' ')).toContain('the original was restored')
    expect(await readFile(join(root, 'etc/group'), 'utf8')).toBe(accountsOf['etc/group'])
  })
})
