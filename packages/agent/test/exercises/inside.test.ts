import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entryName, insideOf, isBelow } from '../../src/backups/drivers/inside.ts'
import type { RepositoryDefinition } from '../../src/definitions/definitions.ts'

type Row = [note: string, repository: Partial<RepositoryDefinition>, folder: string | null, inside: string]

const rows: Row[] = [
  ['all of a copy', { driver: 'folder' }, null, '.'],
  ['all of a copy of a live folder', { driver: 'folder', compareWith: '/srv/share' }, null, '.'],
  ['the live folder by its name', { driver: 'folder', compareWith: '/srv/share' }, '/srv/share', '.'],
  ['a folder below it', { driver: 'folder', compareWith: '/srv/share' }, '/srv/share/orders', 'orders'],
  ['a closing slash changes nothing', { driver: 'folder', compareWith: '/srv/share/' }, '/srv/share/orders/', 'orders'],
  [
    'an archive packed from above',
    { driver: 'archive', compareWith: '/srv/share', inside: 'share' },
    '/srv/share/a',
    'share/a',
  ],
  [
    'an archive packed from the root',
    { driver: 'archive', compareWith: '/srv/share', inside: '/srv/share' },
    null,
    'srv/share',
  ],
  ['an archive whose source is not stated', { driver: 'archive' }, '/srv/share', 'srv/share'],
  ['restic keeps whole paths', { driver: 'restic', compareWith: '/srv/share' }, '/srv/share/a b', 'srv/share/a b'],
  ['restic without a live folder', { driver: 'restic' }, '/home', 'home'],
  ['all of a restic snapshot', { driver: 'restic' }, null, '.'],
]

function of(more: Partial<RepositoryDefinition>): RepositoryDefinition {
  return { driver: 'folder', location: '/backup', ...more }
}

describe('where a folder lies inside a backup', () => {
  it.each(rows)('%s', (_note, repository, folder, inside) => {
    expect(insideOf(of(repository), folder)).toBe(inside)
  })

  it.each(['/srv/share2', '/srv', '/', '/etc', '/srv/share/../other'])(
    'is nowhere for %s, which is not backed up here',
    (folder) => {
      for (const driver of ['folder', 'archive', 'restic'] as const) {
        expect(() => insideOf(of({ driver, compareWith: '/srv/share' }), folder)).toThrow(/holds \/srv\/share, not/)
      }
    },
  )

  it('is not known for a copy that does not say what it is a copy of', () => {
    expect(() => insideOf(of({ driver: 'folder' }), '/srv/share')).toThrow(/add compareWith/)
  })

  it('never climbs out of the backup, whatever is asked', () => {
    const segment = fc.constantFrom('..', '.', 'a', 'b', '', 'srv', 'share')
    const path = fc.array(segment, { maxLength: 8 }).map((parts) => `/${parts.join('/')}`)
    fc.assert(
      fc.property(path, fc.constantFrom('folder', 'archive', 'restic'), (folder, driver) => {
        let inside: string
        try {
          inside = insideOf(of({ driver, compareWith: '/srv/share' }), folder)
        } catch {
          return
        }
        expect(inside.split('/')).not.toContain('..')
        expect(inside.startsWith('/')).toBe(false)
      }),
    )
  })
})

describe('names of entries', () => {
  it.each([
    ['./a/b/', 'a/b'],
    ['a//b', 'a/b'],
    ['.', '.'],
    ['./', '.'],
    ['', '.'],
  ])('%j is %s', (path, name) => {
    expect(entryName(path)).toBe(name)
  })

  it('lie below a folder by whole segments', () => {
    expect(isBelow('./share/a', 'share')).toBe(true)
    expect(isBelow('share', 'share')).toBe(true)
    expect(isBelow('share2/a', 'share')).toBe(false)
    expect(isBelow('anything', '.')).toBe(true)
  })
})
