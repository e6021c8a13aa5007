import { Compared } from '@chaos-lite/shared'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Files } from '../../../src/host/host.ts'
import type { Metadata } from '../../../src/host/image.ts'
import {
  compareMetadata,
  folderIsOurs,
  item,
  printable,
  sameAttributes,
  sameFile,
} from '../../../src/host/swap/index.ts'
import { touchDate } from '../../../src/host/touch-date.ts'

const base: Metadata = {
  ...{
    kind: 'file',
    dev: '1',
    inode: '2',
    mode: 0o644,
    uid: 0,
    gid: 0,
    sizeBytes: 3,
    mtimeNs: '5',
    ctimeNs: '6',
    birthNs: '4',
  },
  ...{ links: 1, acl: 'user::rw-', attributes: { 'user.a': 'AA==' }, flags: '' },
}

describe('comparing a file with what it was', () => {
  it('finds nothing on the same file', () => {
    expect(compareMetadata('/f', base, { ...base, ctimeNs: '99', inode: '7' }).every(({ same }) => same)).toBe(true)
  })

  it.each([
    ['mode', { mode: 0o600 }],
    ['owner', { uid: 1 }],
    ['owner', { gid: 1 }],
    ['ACL', { acl: 'user::r--' }],
    ['ACL', { acl: null }],
    ['extended attributes', { attributes: { 'user.a': 'AB==' } }],
    ['extended attributes', { attributes: {} }],
    ['flags', { flags: 'i' }],
    ['type', { kind: 'folder' as const }],
  ])('sees another %s', (name, change) => {
    const now = { ...base, ...change }
    const different = compareMetadata('/f', base, now).filter(({ same }) => !same)
    expect(different.map((each) => each.item)).toEqual([`/f ${name}`])
    expect(sameAttributes(base, now)).toBe(false)
  })

  it('sees another modification time, which is no attribute', () => {
    const now = { ...base, mtimeNs: '6' }
    expect(compareMetadata('/f', base, now).filter(({ same }) => !same)).toHaveLength(1)
    expect(sameAttributes(base, now)).toBe(true)
  })

  it('does not mind the order of attributes', () => {
    const one = { ...base, attributes: { 'user.a': 'x', 'user.b': 'y' } }
    expect(sameAttributes(one, { ...base, attributes: { 'user.b': 'y', 'user.a': 'x' } })).toBe(true)
  })

  it('prints one line that a record accepts, whatever the value', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 900 }),
        fc.string({ unit: 'binary', maxLength: 900 }),
        (a, b) => {
          const compared = item(a, a, b)
          expect(Compared.parse(compared)).toEqual(compared)
          expect(compared.same).toBe(a === b)
        },
      ),
    )
  })

  it('keeps long values apart by their digest', () => {
    const long = 'x'.repeat(600)
    expect(printable(`${long}a`)).not.toBe(printable(`${long}b`))
    expect(printable('short')).toBe('short')
  })
})

describe('the very same file', () => {
  it('has the same inode and birth, whatever number its device has now', () => {
    expect(sameFile(base, { ...base, ctimeNs: '77' })).toBe(true)
    expect(sameFile(base, { ...base, inode: '3' })).toBe(false)
    expect(sameFile(base, { ...base, dev: '3' })).toBe(true)
  })

  it('is distinguished from one that got its inode number later', () => {
    expect(sameFile(base, { ...base, birthNs: '5' })).toBe(false)
  })

  it('is known by its inode where the file system knows no births', () => {
    expect(sameFile({ ...base, birthNs: '0' }, { ...base, birthNs: '0' })).toBe(true)
    expect(sameFile({ ...base, birthNs: '6' }, { ...base, ctimeNs: '9', birthNs: '9' })).toBe(true)
  })
})

describe('whose change of a folder was the last', () => {
  const second = 1_000_000_000n
  const at = (ns: bigint) => String(1_700_000_000n * second + ns)
  const folder = (mtimeNs: string) => ({ stamp: async () => ({ ...base, mtimeNs }) }) as unknown as Files
  const witness = (ns: bigint) => ({ ...base, ctimeNs: at(ns), birthNs: at(-100n * second) })

  it.each([
    ['nobody changed it', at(-50n * second), true],
    ['our file was renamed at the same instant', at(0n), true],
    ['the kernel rounded it to the tick before', at(-4_000_000n), true],
    ['it was changed long before our file', at(-5n * second), false],
    ['it was changed long after our file', at(9n * second), false],
  ])('%s', async (_, mtimeNs, ours) => {
    expect(
      await folderIsOurs({
        files: folder(mtimeNs),
        folder: '/etc',
        beforeNs: at(-50n * second),
        witnesses: [null, witness(0n)],
      }),
    ).toBe(ours)
  })

  it('is nobody’s where the folder is gone', async () => {
    const gone = { stamp: async () => null } as unknown as Files
    expect(await folderIsOurs({ files: gone, folder: '/etc', beforeNs: at(0n), witnesses: [] })).toBe(false)
  })
})

describe('a time for touch', () => {
  it.each([
    ['1700000000123456789', '@1700000000.123456789'],
    ['0', '@0.000000000'],
    ['5', '@0.000000005'],
    ['-1500000000', '@-1.500000000'],
    ['-5', '@-0.000000005'],
  ])('%s', (ns, date) => expect(touchDate(ns)).toBe(date))
})
