import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editDistance, nearestOf } from '../../src/index.ts'

describe('the nearest name', () => {
  test.each([
    ['targts', ['targets', 'title'], 'targets'],
    ['Targets', ['targets'], 'targets'],
    ['hodl', ['hold', 'with'], 'hold'],
    ['service.stpo', ['service.stop', 'service.start'], 'service.stop'],
    ['ngnix.service', ['cron.service', 'nginx.service'], 'nginx.service'],
    ['httpd.service', ['slapd.service', 'sshd.service'], null],
    ['cups.path', ['cron.path', 'cups.socket'], null],
    ['/etc/a', ['/etc/bcd', '/etc/bc'], null],
    ['/srv/plants', ['/srv/plans', '/srv/shop'], '/srv/plans'],
    ['samba-ad-dc.service', ['samba-ad-dx.service', 'samba.service'], 'samba-ad-dx.service'],
    ['Erp-1.Example.test', ['erp-1.example.test'], 'erp-1.example.test'],
    ['xyz', ['targets', 'title'], null],
    ['a', ['z'], null],
    ['', ['on'], null],
    ['x'.repeat(500), ['on'], null],
  ])('for %j among %j is %j', (given, valid, nearest) => {
    expect(nearestOf(given, valid)).toBe(nearest)
  })

  test('of several equally near ones is the first', () => {
    expect(nearestOf('cat', ['bat', 'rat'])).toBe('bat')
  })
})

describe('the edit distance', () => {
  test.each([
    ['', '', 0],
    ['a', '', 1],
    ['ab', 'ba', 1],
    ['kitten', 'sitting', 3],
    ['abcd', 'acbd', 1],
  ])('between %j and %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance)
  })

  test('is the same both ways, nothing only for equal texts, and never more than the limit', () => {
    const word = fc.string({ maxLength: 12 })
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 6 }), (a, b, limit) => {
        const distance = editDistance(a, b)
        expect(distance).toBe(editDistance(b, a))
        expect(distance === 0).toBe(a === b)
        expect(editDistance(a, b, limit)).toBe(Math.min(limit, distance))
      }),
    )
  })
})
