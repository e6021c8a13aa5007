import { execFileSync } from 'node:child_process'
import { chmodSync, lstatSync } from 'node:fs'
import { chmod, lstat, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Metadata } from '../../../src/host/image.ts'
import { linuxFiles } from '../../../src/host/linux/files/index.ts'
import { type Extended, knownOf, rememberExtended } from '../../../src/host/linux/files/known.ts'
import { readMetadata } from '../../../src/host/linux/files/metadata.ts'
import { hasAcl, hasAttributes, isRoot, temporaryFolder } from '../support.ts'

const plain: Extended = { acl: 'user::rw-\ngroup::r--\nother::r--', attributes: {}, flags: 'e' }
const statOf = (path: string) => lstat(path, { bigint: true })

const FILES = 40
let folder = ''
let taken = 0

/** A file that nobody has changed for long enough, with what the programs say of it remembered. */
function settledFile(): string {
  taken += 1
  return join(folder, String(taken))
}

/** All of them settle at the same time. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaos-lite-test-'))
  const paths = Array.from({ length: FILES }, (_, index) => join(folder, String(index + 1)))
  for (const path of paths) await writeFile(path, 'x')
  const known = async (path: string) => {
    await readMetadata(path)
    return knownOf(await statOf(path)) !== null
  }
  const all = async () => (await Promise.all(paths.map(known))).every(Boolean)
  if (hasAttributes) await vi.waitUntil(all, { timeout: 120_000, interval: 200 })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.skipIf(!hasAttributes)('what the programs said of a file', () => {
  test('is reported again without them as long as nothing changed', async () => {
    const path = settledFile()
    const first = await readMetadata(path)
    expect(await readMetadata(path)).toStrictEqual(first)
    const { acl, attributes, flags } = first
    expect(knownOf(await statOf(path))).toStrictEqual({ acl, attributes, flags })
  })

  const changes: Record<string, (path: string) => unknown> = {
    'the mode': (path) => chmod(path, 0o640),
    'the bytes': (path) => writeFile(path, 'other'),
    'the time': (path) => utimes(path, 1, 1),
    'an attribute': (path) => execFileSync('setfattr', ['-n', 'user.note', '-v', 'new', path]),
    'the name': (path) => rename(path, `${path}-moved`).then(() => rename(`${path}-moved`, path)),
  }
  test.each(Object.keys(changes))('is forgotten when %s changed', async (what) => {
    const path = settledFile()
    await changes[what]?.(path)
    expect(knownOf(await statOf(path))).toBeNull()
  })

  test('is read anew after an attribute was set', async () => {
    const path = settledFile()
    execFileSync('setfattr', ['-n', 'user.note', '-v', 'kept', path])
    expect((await readMetadata(path)).attributes).toStrictEqual({ 'user.note': Buffer.from('kept').toString('base64') })
  })

  test.skipIf(!hasAcl)('is read anew after an access list was set', async () => {
    const path = settledFile()
    execFileSync('setfacl', ['-m', 'u:12345:r', path])
    expect((await readMetadata(path)).acl).toContain('user:12345:r--')
  })

  test.skipIf(!isRoot)('is read anew after a flag was set', async () => {
    const path = settledFile()
    execFileSync('chattr', ['+i', path])
    try {
      expect((await readMetadata(path)).flags).toContain('i')
    } finally {
      execFileSync('chattr', ['-i', path])
    }
  })

  test('is not taken for a new file that stands in its place', async () => {
    const path = settledFile()
    await rm(path)
    await writeFile(path, 'x')
    expect(knownOf(await statOf(path))).toBeNull()
  })
})

test('a file that was changed a moment ago is not remembered: the next change might leave the same time', async () => {
  const path = join(await temporaryFolder(), 'file')
  await writeFile(path, 'x')
  const stat = await statOf(path)
  await rememberExtended(path, stat, plain)
  expect(knownOf(stat)).toBeNull()
})

test('nothing is remembered where the programs are missing', async () => {
  const path = '/usr'
  await rememberExtended(path, await statOf(path), { ...plain, attributes: null })
  expect(knownOf(await statOf(path))).toBeNull()
})

test('nothing is remembered of a file system whose change times are not to be relied on', async () => {
  const stat = await statOf('/proc/version')
  await rememberExtended('/proc/version', { ...stat, ctimeNs: 0n } as typeof stat, plain)
  expect(knownOf({ ...stat, ctimeNs: 0n } as typeof stat)).toBeNull()
})

/** Where the kernel does not report each change, nothing may be concluded: then these say nothing either. */
describe.skipIf(!hasAttributes)('a file that we put in the place of another', () => {
  const tag = '01M81MAFG7G3RNHEZK275D238Y'

  async function replaced(): Promise<{ path: string; keptPath: string; before: Metadata }> {
    const path = settledFile()
    const keptPath = `${path}-kept`
    const before = await linuxFiles.metadata(path)
    await linuxFiles.keep(path, keptPath)
    await linuxFiles.replace(path, Buffer.from('ours'), { tag, plain: true, keptPath })
    return { path, keptPath, before }
  }

  /** Whether this kernel distinguishes each change, found out by other means than the product's. */
  async function reportsEach(): Promise<boolean> {
    const path = join(folder, 'stamps')
    await writeFile(path, 'x')
    const seen = new Set<bigint>()
    for (let round = 0; round < 20; round += 1) {
      chmodSync(path, 0o600)
      seen.add(lstatSync(path, { bigint: true }).ctimeNs)
    }
    return seen.size === 20
  }

  test('is as we made it until somebody changes anything about it', async () => {
    const { path } = await replaced()
    const isReported = await reportsEach()
    // On a busy machine the product may not dare to conclude it at the first file.
    if (isReported) await vi.waitUntil(async () => (await linuxFiles.asMade((await replaced()).path)) !== null)
    const owned = await linuxFiles.asMade((await replaced()).path)
    if (isReported) expect(owned).toStrictEqual({ mode: 0o644, uid: process.getuid?.(), gid: process.getgid?.() })
    else expect(owned).toBeNull()
    expect(await linuxFiles.asMade(`${path}-nothing`)).toBeNull()
  })

  const theirs: Record<string, (path: string) => unknown> = {
    bytes: (path) => writeFile(path, 'ours'),
    mode: (path) => chmod(path, 0o644),
    attribute: (path) => execFileSync('setfattr', ['-n', 'user.note', '-v', 'new', path]),
    name: (path) => rename(path, `${path}-moved`).then(() => rename(`${path}-moved`, path)),
  }
  test.each(Object.keys(theirs))('is not as we made it once somebody set its %s, even to what it was', async (what) => {
    const { path } = await replaced()
    await theirs[what]?.(path)
    expect(await linuxFiles.asMade(path)).toBeNull()
  })

  test('leaves the original known under its other name, and when it is rolled back', async () => {
    const { path, keptPath, before } = await replaced()
    await linuxFiles.putBack(keptPath, path)
    const { acl, attributes, flags } = await linuxFiles.metadata(path)
    expect({ acl, attributes, flags }).toStrictEqual({
      acl: before.acl,
      attributes: before.attributes,
      flags: before.flags,
    })
  })

  test('does not hide what somebody set on the kept original', async () => {
    const { path, keptPath } = await replaced()
    execFileSync('setfattr', ['-n', 'user.note', '-v', 'theirs', keptPath])
    await linuxFiles.putBack(keptPath, path)
    expect((await linuxFiles.metadata(path)).attributes).toStrictEqual({
      'user.note': Buffer.from('theirs').toString('base64'),
    })
  })
})
