import { describe, expect, it } from 'vitest'
import { memberOf } from '../../src/backups/drivers/tar-listing.ts'

describe('what tar lists', () => {
  it.each([
    ['drwxr-xr-x 0/0               0 2026-11-30 11:11 ./', { kind: 'folder', name: './' }],
    [
      '-rw-r--r-- 1000/100    4194306 2026-11-30 11:11:23 ./l\\3741',
      { kind: 'file', name: './l\xfc1', sizeBytes: 4194306 },
    ],
    ['brw-r--r-- 0/0             7,9 2026-11-30 11:11 ./bl', { kind: 'device', sizeBytes: 0 }],
    ['prw-r--r-- 0/0               0 2026-11-30 11:11 ./p', { kind: 'pipe' }],
    ['-rw-r--r-- 0/0               1 2026-11-30 11:11 ./new\\nline', { name: './new\nline' }],
    ['-rw-r--r-- 0/0               1 2026-11-30 11:11 ./b\\\\x2ds', { name: './b\\x2ds' }],
    ['-rw-r--r-- 0/0               1 2026-11-30 11:11 \xc3\xa0', { name: '\xc3\xa0' }],
    [
      'lrwxrwxrwx 0/0               0 2026-11-30 11:11 ./sym\\ link -> /x\\ y\\ ->\\ z',
      { kind: 'symbolic link', name: './sym link', target: '/x y -> z' },
    ],
    ['hrw-r--r-- 0/0               0 2026-11-30 11:11 ./f link to ./a\\ b', { kind: 'hard link', target: './a b' }],
    ['V--------- 0/0               0 2026-11-30 11:11 label --Volume Header--', { kind: 'note', name: 'label' }],
    ['?rw-r--r-- 0/0               3 2026-11-30 11:11 odd unknown file type ‘Q’', { kind: 'file', sizeBytes: 3 }],
    ['-rw-r--r-- 0/0               3 9223372036854775807 late', { name: 'late', sizeBytes: 3 }],
    ['-rw-r--r-- 0/0               3 -12-01-01 00:00 early', { name: 'early' }],
  ])('%j is understood', (line, member) => {
    expect(memberOf(line)).toMatchObject(member)
  })

  it('is refused in any other form', () => {
    expect(() => memberOf('tar: something else')).toThrow(/does not know/)
  })
})
