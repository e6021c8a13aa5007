import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  codeOf,
  filesBelow,
  makeFolder,
  overwriteAt,
  syncFiles,
  syncFolder,
  writeNew,
} from '../../src/durable/durable.ts'
import { spyOnSync } from '../fixtures/sync-spy.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chaos-lite-durable-'))
})

describe('a new file', () => {
  test('has its bytes and is private', async () => {
    const path = join(root, 'new')
    await writeNew(path, Buffer.from('bytes'))
    expect(readFileSync(path, 'utf8')).toBe('bytes')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('never replaces one that is there', async () => {
    const path = join(root, 'new')
    writeFileSync(path, 'older')
    await expect(writeNew(path, Buffer.from('bytes'))).rejects.toMatchObject({ code: 'EEXIST' })
    expect(readFileSync(path, 'utf8')).toBe('older')
  })
})

describe('overwriting in place', () => {
  test('changes just these bytes and never the size', async () => {
    const path = join(root, 'file')
    writeFileSync(path, 'aaaaaaaa')
    await overwriteAt(path, Buffer.from('bb'), 3)
    expect(readFileSync(path, 'utf8')).toBe('aaabbaaa')
  })

  test('does not make a file that is not there', async () => {
    await expect(overwriteAt(join(root, 'none'), Buffer.from('b'), 0)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('a folder', () => {
  test('is made with its parents, private, and may be there already', async () => {
    const folder = join(root, 'a', 'b', 'c')
    await makeFolder(folder)
    await makeFolder(folder)
    expect(statSync(folder).isDirectory()).toBe(true)
    expect(statSync(join(root, 'a')).mode & 0o077).toBe(0)
  })

  test('cannot be made in the place of a file', async () => {
    writeFileSync(join(root, 'file'), '')
    await expect(makeFolder(join(root, 'file', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })

  test('that is not there cannot be made durable', async () => {
    await expect(syncFolder(join(root, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('what lies below a folder', () => {
  test('is listed file by file, in order, and no link is followed', async () => {
    mkdirSync(join(root, 'b', 'c'), { recursive: true })
    for (const name of ['z', 'a', 'b/c/y', 'b/x']) writeFileSync(join(root, name), '')
    symlinkSync('/etc/passwd', join(root, 'link'))
    expect(await filesBelow(root)).toEqual(['a', 'b/c/y', 'b/x', 'z'])
  })

  test('is forced to disk with every folder between, once each', async () => {
    mkdirSync(join(root, 'b', 'c'), { recursive: true })
    for (const name of ['a', 'b/c/y', 'b/x']) writeFileSync(join(root, name), '')
    const synced: string[] = []
    {
      using _spy = await spyOnSync(({ fd }) => synced.push(readlinkSync(`/proc/self/fd/${fd}`).slice(root.length + 1)))
      await syncFiles(root, ['a', 'b/c/y', 'b/x'])
    }
    expect(synced.sort()).toEqual(['a', 'b', 'b/c', 'b/c/y', 'b/x'])
  })

  test('is not durable when one file cannot be forced to disk', async () => {
    writeFileSync(join(root, 'a'), '')
    await expect(syncFiles(root, ['a', 'gone'])).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

test('only errors of the system have a code', () => {
  expect(codeOf(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toBe('ENOSPC')
  for (const other of [new Error('x'), 'x', null, { code: 'ENOSPC' }]) expect(codeOf(other)).toBeNull()
})
