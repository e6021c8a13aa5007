import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type IdentityFile,
  keyToPem,
  makeKey,
  publicKeyOf,
  readControllerUrl,
  readIdentity,
  writeIdentity,
} from '../../src/identity/index.ts'
import { temporaryFolder } from '../outbox/support.ts'

function identity(changed: Partial<IdentityFile> = {}): IdentityFile {
  return {
    format: 1,
    hostId: 'h-0123456789abcdef01234567',
    controllerUrl: 'https://controller.example.test',
    controllerKey: publicKeyOf(makeKey()),
    privateKeyPem: keyToPem(makeKey()),
    caPem: null,
    labels: { role: 'erp-primary' },
    enrolledMs: 1_790_000_000_000,
    ...changed,
  }
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

test('the identity is kept with mode 0600 in a folder with mode 0700', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'state', 'identity.json')
  await writeIdentity(file, identity())
  expect(await modeOf(file)).toBe('600')
  expect(await modeOf(join(folder.path, 'state'))).toBe('700')
  expect(await readdir(join(folder.path, 'state'))).toEqual(['identity.json'])
})

test('a lax umask changes nothing about that', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'identity.json')
  const before = process.umask(0)
  try {
    await writeIdentity(file, identity())
  } finally {
    process.umask(before)
  }
  expect(await modeOf(file)).toBe('600')
})

test('which controller a host obeys is shown without its key, and not where others could read that', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'identity.json')
  expect(await readControllerUrl(file)).toBeNull()
  await writeIdentity(file, identity({ privateKeyPem: 'no key at all' }))
  expect(await readControllerUrl(file)).toBe('https://controller.example.test')
  await expect(readIdentity(file)).rejects.toThrow('is damaged')
  await chmod(file, 0o644)
  await expect(readControllerUrl(file)).rejects.toThrow('open to others')
})

test('what was written is read back, and the key signs', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'identity.json')
  const written = identity({ caPem: 'a certificate' })
  await writeIdentity(file, written)
  const read = await readIdentity(file)
  expect(read).toMatchObject({ hostId: written.hostId, controllerKey: written.controllerKey, caPem: 'a certificate' })
  expect(read?.labels).toEqual({ role: 'erp-primary' })
  expect(read && keyToPem(read.privateKey)).toBe(written.privateKeyPem)
})

test('a host that was never enrolled has no identity', async () => {
  await using folder = await temporaryFolder()
  expect(await readIdentity(join(folder.path, 'identity.json'))).toBeNull()
})

test('an identity that others can read is refused', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'identity.json')
  await writeIdentity(file, identity())
  await chmod(file, 0o640)
  await expect(readIdentity(file)).rejects.toThrow('is open to others (mode 640)')
})

test.each([
  ['empty', ''],
  ['zeros', '\0\0\0'],
  ['not JSON', '{'],
  ['another form', '{"format":2}'],
])('a damaged identity (%s) is refused without repeating what is in it', async (_, text) => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'identity.json')
  await writeFile(file, text, { mode: 0o600 })
  await expect(readIdentity(file)).rejects.toThrow('is damaged')
})

test('a damaged key is not repeated in the error', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'identity.json')
  await writeFile(file, JSON.stringify(identity({ privateKeyPem: 'SECRET-PART' })), { mode: 0o600 })
  const error = await readIdentity(file).catch((thrown: Error) => thrown)
  expect(String(error)).not.toContain('SECRET-PART')
  expect(String((error as Error).cause)).not.toContain('SECRET-PART')
})

test('a new identity replaces the old one as a whole', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'identity.json')
  await writeIdentity(file, identity())
  await writeIdentity(file, identity({ hostId: 'h-ffffffffffffffffffffffff' }))
  expect(JSON.parse(await readFile(file, 'utf8')).hostId).toBe('h-ffffffffffffffffffffffff')
})

test('an existing folder keeps its mode', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'state'))
  await chmod(join(folder.path, 'state'), 0o750)
  await writeIdentity(join(folder.path, 'state', 'identity.json'), identity())
  expect(await modeOf(join(folder.path, 'state'))).toBe('750')
})
