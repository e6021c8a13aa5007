import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { permissionRevoke } from '../../../src/actions/permission/revoke.ts'
import { hasAcl, isRoot, manifest } from '../../host/support.ts'
import { inject, prepare, stage } from '../support.ts'

const files = { 'srv/plans/a.txt': { text: 'a', mode: 0o640 } }
const path = '/srv/plans/a.txt'
const setfacl = (...args: string[]) => promisify(execFile)('setfacl', args)

async function plans() {
  const scene = await stage(files)
  const at = join(scene.root, path)
  await chown(at, 1002, 50)
  return { ...scene, at }
}

describe.runIf(isRoot && hasAcl)('permission.revoke', () => {
  it.each([
    ['an account', { path, account: 'anna' }],
    ['the owner', { path, account: 'ben' }],
    ['the group of the file', { path, group: 'release' }],
    ['everybody but the owner', { path, everyone: true }],
    ['an account on a folder', { path: '/srv/plans', account: 'anna' }],
    ['another group on a folder', { path: '/srv/plans', group: 'sudo' }],
  ])('takes access from %s, and gives it back', async (_, params) => {
    const { root, context } = await plans()
    const before = await manifest(root)
    const failure = await inject(permissionRevoke, context, params)
    expect(await manifest(root)).not.toEqual(before)
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await failure.standing()).toBe('before')
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await manifest(root)).toEqual(before)
  })

  it('gives back an ACL with named entries, a mask, default entries and a set-group-id bit', async () => {
    const { root, context } = await plans()
    const folder = join(root, 'srv/plans')
    await setfacl('-m', 'u:1003:rwx,g:27:r-x,m::r-x,d:u:1001:rw-,o::-', folder)
    await chmod(folder, 0o2750)
    const before = await manifest(root)
    for (const params of [
      { path: '/srv/plans', everyone: true },
      { path: '/srv/plans', group: 'sudo' },
    ]) {
      const failure = await inject(permissionRevoke, context, params)
      expect((await failure.revert()).restoration).toBe('identical')
      expect(await manifest(root)).toEqual(before)
    }
  })

  it('keeps rules that somebody else set meanwhile, and takes back only its own', async () => {
    const { at, context, host } = await plans()
    const failure = await inject(permissionRevoke, context, { path, account: 'anna' })
    await setfacl('-m', 'u:1003:r', at)
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('ACL')] })
    const { acl } = await host.files.metadata(path)
    expect(acl).toContain('user:1003:r--')
    expect(acl).not.toContain('user:1001')
  })

  it('keeps a mode that somebody set to something else meanwhile', async () => {
    const { at, context, host } = await plans()
    const failure = await inject(permissionRevoke, context, { path, everyone: true })
    await chmod(at, 0o604)
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect((await host.files.metadata(path)).mode).toBe(0o644)
  })

  it('says that a file was removed by somebody else', async () => {
    const { at, context } = await plans()
    const failure = await inject(permissionRevoke, context, { path, everyone: true })
    await rm(at)
    expect(await failure.revert()).toMatchObject({
      restoration: 'ours undone',
      kept: [expect.stringContaining('removed')],
    })
  })

  it('refuses to start when the rules changed after they were saved', async () => {
    const { at, context } = await plans()
    const params = { path, everyone: true }
    const undo = await prepare(permissionRevoke, context, params)
    await chmod(at, 0o644)
    await expect(permissionRevoke.inject(context, params, undo)).rejects.toMatchObject({ code: 'wrong-state' })
  })

  it('is seen through the eyes of an account that loses access', async () => {
    const { context } = await plans()
    const params = { path, group: 'release' }
    const effect = permissionRevoke.effect(params, await prepare(permissionRevoke, context, params))
    expect(effect).toEqual({ probe: 'file', params: { path, as: 'robot' }, expect: 'down' })
  })
})

describe('permission.revoke refuses in prepare', () => {
  it.each([
    ['a missing path', { path: '/srv/none', everyone: true }, 'not-there'],
    ['a protected path', { path: '/etc/passwd', everyone: true }, 'policy-refused'],
    ['a protected folder', { path: '/etc', everyone: true }, 'policy-refused'],
    ['root', { path, account: 'root' }, 'policy-refused'],
    ['an account that does not exist', { path, account: 'zoe' }, 'not-there'],
    ['an account that has no access now', { path, account: 'nobody' }, 'wrong-state'],
  ])('%s', async (_, params, code) => {
    const { context } = await stage(files)
    await expect(prepare(permissionRevoke, context, params)).rejects.toMatchObject({ code })
  })

  it('a path over a symbolic link', async () => {
    const { root, context } = await stage(files)
    await mkdir(join(root, 'home'))
    await symlink('../srv/plans', join(root, 'home/plans'))
    await expect(prepare(permissionRevoke, context, { path: '/home/plans', everyone: true })).rejects.toThrow(
      'symbolic link',
    )
  })

  it.each([
    { path },
    { path, account: 'anna', group: 'sudo' },
    { path, everyone: false },
    { path, account: '-R' },
    { path, account: 'a\nb' },
    { path, account: 'anna', witness: 'ben' },
    { path, everyone: true, witness: '-ben' },
  ])('the parameters %j', (params) => expect(permissionRevoke.params.safeParse(params).success).toBe(false))
})
