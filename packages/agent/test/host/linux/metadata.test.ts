import { execFile } from 'node:child_process'
import { chmod, chown, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { linuxFiles } from '../../../src/host/linux/files/index.ts'
import { hasAcl, hasAttributes, isRoot, manifest, temporaryFolder } from '../support.ts'

const program = promisify(execFile)

async function oneFile(): Promise<string> {
  const path = join(await temporaryFolder(), 'file')
  await writeFile(path, 'x')
  return path
}

describe('metadata of a Linux file', () => {
  it('is never given to what a link leads to: whoever may write in the folder could name any file', async () => {
    const path = await oneFile()
    const before = await linuxFiles.metadata(path)
    const victim = await oneFile()
    await chmod(victim, 0o600)
    await rename(path, `${path}.aside`)
    await symlink(victim, path)
    await expect(linuxFiles.setMetadata(path, { ...before, mode: 0o666 })).rejects.toThrow(/link/)
    expect((await stat(victim)).mode & 0o777).toBe(0o600)
  })

  it.runIf(hasAcl)('holds the ACL and gives it back', async () => {
    const path = await oneFile()
    await program('setfacl', ['-m', 'u:1001:rw,g:50:r,m::r', path])
    const seen = await manifest(path)
    const before = await linuxFiles.metadata(path)
    expect(before.acl).toBe('user::rw-\nuser:1001:rw-\ngroup::r--\ngroup:50:r--\nmask::r--\nother::r--')
    await program('setfacl', ['-b', path])
    await linuxFiles.setMetadata(path, before)
    expect(await manifest(path)).toEqual(seen)
  })

  it.runIf(hasAcl)('keeps the ACL of a file whose bytes are replaced', async () => {
    const path = await oneFile()
    await program('setfacl', ['-m', 'u:1001:rw', path])
    const { acl } = await linuxFiles.metadata(path)
    await linuxFiles.replace(path, Buffer.from('y'))
    expect((await linuxFiles.metadata(path)).acl).toBe(acl)
  })

  it.runIf(hasAttributes)('holds extended attributes of any bytes and gives them back', async () => {
    const path = await oneFile()
    await program('setfattr', ['-n', 'user.origin', '-v', '0s/wAKPQ==', path])
    await program('setfattr', ['-n', 'user.empty', path])
    const before = await linuxFiles.metadata(path)
    expect(before.attributes).toEqual({ 'user.origin': '/wAKPQ==', 'user.empty': '' })
    await linuxFiles.replace(path, Buffer.from('y'))
    expect((await linuxFiles.metadata(path)).attributes).toEqual(before.attributes)
    await program('setfattr', ['-x', 'user.origin', path])
    await program('setfattr', ['-n', 'user.theirs', '-v', 'x', path])
    await linuxFiles.setMetadata(path, before)
    expect((await linuxFiles.metadata(path)).attributes).toEqual(before.attributes)
  })

  it.runIf(isRoot)('gives owner and set-user-id bit back together', async () => {
    const path = await oneFile()
    await chown(path, 1001, 50)
    await chmod(path, 0o4755)
    const before = await linuxFiles.metadata(path)
    await chown(path, 0, 0)
    await linuxFiles.setMetadata(path, before)
    expect(await linuxFiles.metadata(path)).toMatchObject({ uid: 1001, gid: 50, mode: 0o4755 })
  })

  it.runIf(isRoot)('sees that a file is immutable', async ({ onTestFinished, skip }) => {
    const path = await oneFile()
    const set = await program('chattr', ['+i', path]).catch(() => null)
    skip(!set, 'this file system has no immutable flag')
    onTestFinished(async () => void (await program('chattr', ['-i', path])))
    expect((await linuxFiles.metadata(path)).flags).toContain('i')
    expect(await linuxFiles.writeBlocker(path)).toContain('not permitted')
  })
})
