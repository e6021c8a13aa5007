import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  aclOfMode,
  allows,
  formatAcl,
  isExtended,
  modeOfAcl,
  parseAcl,
  withEntry,
} from '../../../src/actions/permission/acl.ts'

const owner = { uid: 1, gid: 10 }

describe('POSIX access rules', () => {
  it('come out as getfacl prints them', () => {
    const text =
      'user::rwx\nuser:7:r--\nuser:1000:rw-\ngroup::r-x\ngroup:50:---\nmask::rwx\nother::r--\ndefault:user::rwx\ndefault:group::r-x\ndefault:other::---'
    expect(formatAcl(parseAcl(text))).toBe(text)
  })

  it('stand for a mode and back', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 0o7777 }), (mode) => modeOfAcl(aclOfMode(mode), mode) === mode))
  })

  it('keep the mode that stat shows when a named entry comes in', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0o777 }), (mode) => {
        const acl = withEntry(aclOfMode(mode), 'user:7', '---')
        expect(isExtended(acl)).toBe(true)
        expect(modeOfAcl(acl, mode)).toBe(mode)
      }),
    )
  })

  it('do not give others more when a named entry comes in', () => {
    const masked = parseAcl('user::rwx\nuser:8:rwx\ngroup::rwx\nmask::r--\nother::---')
    expect(allows(withEntry(masked, 'user:7', '---'), owner, { uid: 8, gids: [] }, 'w')).toBe(false)
  })

  it.each([
    ['the owner by the first entry only', { uid: 1, gids: [10] }, false],
    ['a named account by its own entry, before any group', { uid: 7, gids: [10] }, false],
    ['a member of the group', { uid: 2, gids: [10] }, true],
    ['a member of a named group that is barred, although others may', { uid: 3, gids: [50] }, false],
    ['a member of a barred and of an allowed group', { uid: 3, gids: [50, 10] }, true],
    ['anybody else', { uid: 4, gids: [99] }, true],
  ])('decide for %s', (_, asker, allowed) => {
    const acl = parseAcl('user::---\nuser:7:---\ngroup::r--\ngroup:50:---\nmask::rwx\nother::r--')
    expect(allows(acl, owner, asker, 'r')).toBe(allowed)
  })
})
