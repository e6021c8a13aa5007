import { execFile } from 'node:child_process'
import { chmod, chown, copyFile, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { permissionRevoke } from '../../../src/actions/permission/revoke.ts'
import { hasAcl, isRoot, manifest } from '../../host/support.ts'
import { inject, type Stage, stage } from '../support.ts'

const run = promisify(execFile)
const path = '/srv/plans/a.txt'
const twin = '/srv/plans/twin.txt'
const times = [1_700_000_000, 1_700_000_000] as const

/** Two files alike in everything: one meets the failure and what others do, the other only what others do. */
async function scene(): Promise<Stage & { at: string; twinAt: string }> {
  const made = await stage({
    'srv/plans/a.txt': { text: 'a', mode: 0o640 },
    'srv/plans/twin.txt': { text: 'a', mode: 0o640 },
  })
  const places = { at: join(made.root, path), twinAt: join(made.root, twin) }
  for (const place of Object.values(places)) await chown(place, 1002, 50)
  return { ...made, ...places }
}

/** Rules, owner, mode and bytes; not the times, which no two files share. A mask for nobody says nothing. */
async function looks({ root }: Stage, name: string): Promise<string> {
  const [mode, owner, , links, digest, acl = ''] = ((await manifest(root))[name] ?? 'missing').split(' | ')
  const plain = /(?:user|group):\d/.test(acl) ? acl : acl.replace(/,mask::.../, '')
  return [mode, owner, links, digest, plain].join(' ')
}

type Edit = (at: string) => Promise<unknown>
const shell =
  (program: string, ...args: string[]): Edit =>
  (at) =>
    run(program, [...args, at])

const edits: readonly (readonly [string, Edit])[] = [
  ['an entry for somebody else', shell('setfacl', '-m', 'u:1003:rw')],
  ['an entry for another group', shell('setfacl', '-m', 'g:27:r')],
  [
    'an entry that is gone again',
    async (at) => [await shell('setfacl', '-m', 'u:1003:rw')(at), await shell('setfacl', '-x', 'u:1003')(at)],
  ],
  ['all entries removed', shell('setfacl', '-b')],
  ['another mode', (at) => chmod(at, 0o664)],
  // Absolute: what a relative change adds to depends on what it finds, which was ours.
  ['a mode for the group only', shell('chmod', 'g=rw')],
  ['another owner', (at) => chown(at, 1003, 50)],
  ['another group', (at) => chown(at, 1002, 27)],
  ['other bytes', (at) => writeFile(at, 'theirs')],
]

describe.runIf(isRoot && hasAcl)('permission.revoke, when somebody else changes the rules meanwhile', () => {
  it.each(edits)('leaves what they alone would have made: %s', async (_, edit) => {
    const made = await scene()
    const failure = await inject(permissionRevoke, made.context, { path, account: 'anna' })
    await edit(made.at)
    await edit(made.twinAt)
    const reverted = await failure.revert()
    expect(await looks(made, path)).toBe(await looks(made, twin))
    expect(await failure.standing()).not.toBe('after')
    const changed = reverted.compared.some(({ same }) => !same)
    expect(reverted.restoration).toBe(changed ? 'ours undone' : 'identical')
    expect(reverted.kept.length > 0).toBe(changed)
    expect(await failure.revert()).toMatchObject({ restoration: reverted.restoration, kept: reverted.kept })
  })

  it('leaves what they alone would have made, in any order of any changes', async () => {
    const harmless = edits.filter(([name]) => name !== 'all entries removed')
    const order = fc.array(fc.constantFrom(...harmless), { maxLength: 4 })
    const whose = fc.constantFrom({ account: 'anna' }, { account: 'robot' }, { group: 'release' })
    await fc.assert(
      fc.asyncProperty(order, whose, async (chosen, who) => {
        const made = await scene()
        for (const place of [made.at, made.twinAt]) await run('setfacl', ['-m', 'u:1003:r', place])
        const failure = await inject(permissionRevoke, made.context, { path, ...who })
        const theirs = chosen.filter(([name]) => !touches(name, who))
        for (const [, edit] of theirs) await Promise.all([edit(made.at), edit(made.twinAt)])
        const reverted = await failure.revert()
        expect(await looks(made, path), theirs.map(([name]) => name).join(', ')).toBe(await looks(made, twin))
        expect(['identical', 'ours undone']).toContain(reverted.restoration)
        if (reverted.compared.some(({ same }) => !same)) expect(reverted.restoration).toBe('ours undone')
      }),
      { numRuns: Number(process.env.CHAOS_LITE_PROPERTY_RUNS ?? 8) },
    )
  })
})

/** What they set to the very value that we had set, or take away, cannot be distinguished from ours. */
function touches(name: string, { account }: { account?: string }): boolean {
  return account === 'robot' && /entry for somebody|gone again/.test(name)
}

describe.runIf(isRoot && hasAcl)('permission.revoke, when another thing lies in the place', () => {
  const everyone = { path, everyone: true }

  it('gives its rules back to a copy that carries ours, as an editor leaves it', async () => {
    const made = await scene()
    const failure = await inject(permissionRevoke, made.context, { path, account: 'anna' })
    await run('cp', ['-p', '--', made.at, `${made.at}.new`])
    await run('setfacl', ['-m', 'u:1003:r', `${made.at}.new`])
    await rename(`${made.at}.new`, made.at)
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('inode')] })
    const { acl } = await made.host.files.metadata(path)
    expect(acl).toContain('user:1003:r--')
    expect(acl).not.toContain('user:1001')
  })

  it('gives its rules back to a copy that is like ours in all', async () => {
    const made = await scene()
    const failure = await inject(permissionRevoke, made.context, everyone)
    await run('cp', ['-p', '--', made.at, `${made.at}.new`])
    await rename(`${made.at}.new`, made.at)
    expect(await failure.standing()).toBe('after')
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect((await made.host.files.metadata(path)).mode).toBe(0o640)
    expect(await failure.standing()).toBe('before')
  })

  it.each([
    [
      'a file of somebody else with the same rules',
      async (at: string) => {
        await writeFile(at, 'theirs', { mode: 0o600 })
        await chown(at, 1003, 1003)
      },
    ],
    ['a folder', (at: string) => mkdir(at, { mode: 0o700 })],
    ['a link', (at: string) => symlink('twin.txt', at)],
    ['a dangling link', (at: string) => symlink('nothing', at)],
  ])('leaves %s as it is, and is not stuck', async (_, put) => {
    const made = await scene()
    const failure = await inject(permissionRevoke, made.context, everyone)
    // Made before the old one is gone, which could otherwise lend it its inode number.
    await put(`${made.at}.new`)
    await rm(made.at)
    await rename(`${made.at}.new`, made.at)
    const before = await manifest(made.root)
    expect(await failure.standing()).toBe('conflict')
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('left as it is')] })
    expect(await manifest(made.root)).toEqual(before)
    expect(await failure.standing()).toBe('conflict')
  })

  it('never opens a file that a user led it to, though it has the same rules', async () => {
    const made = await scene()
    const folder = join(made.root, 'srv/plans')
    await chown(folder, 1003, 1003)
    const failure = await inject(permissionRevoke, made.context, everyone)
    const secrets = join(made.root, 'secrets')
    await mkdir(secrets, { mode: 0o700 })
    await copyFile(made.at, join(secrets, 'a.txt'))
    await chown(join(secrets, 'a.txt'), 1002, 50)
    await chmod(join(secrets, 'a.txt'), 0o600)
    await rename(folder, `${folder}-old`)
    await symlink(secrets, folder)
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'ours undone' })
    expect((await made.host.files.metadata('/secrets/a.txt')).mode).toBe(0o600)
  })

  it('does not take another file of the same time for the one that it changed', async () => {
    const made = await scene()
    const failure = await inject(permissionRevoke, made.context, { path, account: 'anna' })
    await writeFile(`${made.at}.new`, 'a', { mode: 0o640 })
    await chown(`${made.at}.new`, 1002, 50)
    await utimes(`${made.at}.new`, ...times)
    await rename(`${made.at}.new`, made.at)
    expect((await failure.revert()).restoration).toBe('ours undone')
  })
})
