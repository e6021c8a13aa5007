import { execFileSync } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readMetadata } from '../../src/host/linux/files/metadata.ts'
import { tool } from '../../src/host/linux/tools.ts'
import { aclOfMode } from '../../src/host/plain.ts'
import { temporaryFolder } from './support.ts'

const getfacl = (path: string) =>
  execFileSync('getfacl', ['--omit-header', '--absolute-names', '--numeric', '--no-effective', '--', path], {
    encoding: 'utf8',
  }).trim()

describe.skipIf(tool('getfacl') === null || tool('getfattr') === null)('the ACL of a file', () => {
  test.each([0o644, 0o600, 0o755, 0o4751, 0o2770, 0o1777, 0o007, 0o124])(
    'with mode %o and no further entries is what getfacl would say, without asking it',
    async (mode) => {
      const path = join(await temporaryFolder(), 'file')
      await writeFile(path, 'x')
      await chmod(path, mode)
      expect(aclOfMode(mode)).toBe(getfacl(path))
      expect((await readMetadata(path)).acl).toBe(getfacl(path))
    },
  )

  test('with further entries is read with them', async () => {
    const path = join(await temporaryFolder(), 'file')
    await writeFile(path, 'x')
    execFileSync('setfacl', ['-m', 'u:12345:r', path])
    const { acl, attributes } = await readMetadata(path)
    expect(acl).toBe(getfacl(path))
    expect(acl).toContain('user:12345:r--')
    expect(attributes).toStrictEqual({})
  })

  test('of a folder shows what new files in it will get', async () => {
    const path = join(await temporaryFolder(), 'folder')
    await mkdir(path)
    expect((await readMetadata(path)).acl).toBe(getfacl(path))
    execFileSync('setfacl', ['-d', '-m', 'u:12345:r', path])
    expect((await readMetadata(path)).acl).toBe(getfacl(path))
  })

  test('other attributes beside it are still seen', async () => {
    const path = join(await temporaryFolder(), 'file')
    await writeFile(path, 'x')
    execFileSync('setfattr', ['-n', 'user.note', '-v', 'kept', path])
    const { acl, attributes } = await readMetadata(path)
    expect(acl).toBe(getfacl(path))
    expect(attributes).toStrictEqual({ 'user.note': Buffer.from('kept').toString('base64') })
  })
})
