import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AccountName, canonicalAddress, HostName, HttpUrl, ServiceName } from '../../src/params/params.ts'
import { fitsGlob, unitName } from '../../src/policy/match.ts'
import { isInRanges, plainName } from '../../src/policy-file/match.ts'
import { isAtOrBelow, realPlace } from '../../src/policy-file/place.ts'
import { faultOf, oneLine } from '../../src/text/printable.ts'

describe('a pattern', () => {
  it.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['a*', 'a', true],
    ['a*b', 'ab', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a1b2c', true],
    ['a*b*c', 'acb', false],
    ['**', 'x', true],
    ['a.*', 'axb', false],
    ['[ab]', 'a', false],
    ['a?', 'ab', false],
    ['', '', true],
    ['', 'x', false],
  ])('%j against %j: %s', (entry, name, fits) => {
    expect(fitsGlob(entry, name)).toBe(fits)
  })

  it('agrees with the same pattern as a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 })
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 })
    fc.assert(
      fc.property(text, name, (entry, given) => {
        const parts = entry.split('*').map((part) => part.replaceAll('.', '\\.'))
        expect(fitsGlob(entry, given)).toBe(new RegExp(`^${parts.join('.*')}$`).test(given))
      }),
      { numRuns: 2000 },
    )
  })

  it('takes no longer for a hostile one', () => {
    expect(fitsGlob('*a'.repeat(5_000), 'a'.repeat(20_000))).toBe(true)
    expect(fitsGlob(`${'*a'.repeat(5_000)}*b`, 'a'.repeat(20_000))).toBe(false)
  })
})

describe('addresses', () => {
  it('are found in ranges exactly when their bits say so', () => {
    const bits = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (base, address, prefix) => {
        const size = 2 ** (32 - prefix)
        const inside = Math.floor(bits(base) / size) === Math.floor(bits(address) / size)
        expect(isInRanges([`${base}/${prefix}`], address)).toBe(inside)
      }),
    )
  })

  it('have one spelling each, which is an address again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const once = canonicalAddress(address)
        expect(isIP(once)).not.toBe(0)
        expect(canonicalAddress(once)).toBe(once)
        expect(isInRanges([address], address)).toBe(true)
      }),
    )
  })

  it.each([
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['192.0.2.1', '192.0.2.1'],
  ])('%s is %s', (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical)
  })

  it('of no kind are in no range', () => {
    for (const text of ['', 'x', '300.1.1.1', '1.2.3', '0x7f.1', '127.1'])
      expect(isInRanges(['0.0.0.0/0', '::/0'], text)).toBe(false)
  })
})

describe('names', () => {
  it('of units get their ending', () => {
    expect(unitName('nginx')).toBe('nginx.service')
    expect(unitName('cups.socket')).toBe('cups.socket')
    expect(unitName('postgresql@15-main')).toBe('postgresql@15-main.service')
  })

  it('of hosts lose case and the closing dot', () => {
    expect(plainName('ERP.Example.TEST.')).toBe('erp.example.test')
  })

  it('that could be taken for an option, a path or several words are refused', () => {
    for (const text of ['-x', '--help', 'a  b\t', 'a/b', 'a\nb', 'a\0', '', '$(x)', '`x`', 'a;b']) {
      for (const schema of [ServiceName, AccountName, HostName, HttpUrl])
        expect(schema.safeParse(text).success).toBe(false)
    }
    for (const schema of [ServiceName, HostName, HttpUrl]) expect(schema.safeParse('a b').success).toBe(false)
  })

  it('of hosts are checked in no time, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '-', '.', '_', '1'), maxLength: 300 }),
        (text) => void HostName.safeParse(text),
      ),
    )
    expect(HostName.safeParse(`${'a-'.repeat(126)}!`).success).toBe(false)
  })
})

describe('places', () => {
  it('are compared by whole segments', () => {
    expect(isAtOrBelow('/srv/share', '/srv/share')).toBe(true)
    expect(isAtOrBelow('/srv/share/a', '/srv/share')).toBe(true)
    expect(isAtOrBelow('/srv/share2', '/srv/share')).toBe(false)
    expect(isAtOrBelow('/anything', '/')).toBe(true)
  })

  it('are normalised, absolute, and never guessed', () => {
    expect(realPlace('/nowhere/../nowhere/a/./b/')).toBe('/nowhere/a/b')
    for (const text of ['', '.', 'a', '../a', '/a\0b']) expect(realPlace(text)).toBeNull()
  })

  it('never throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void realPlace(`/${text}`)))
  })
})

describe('text from outside', () => {
  it('becomes one printable line of bounded length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        expect(oneLine(text, 100)).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{0,100}$/u)
      }),
    )
    expect(oneLine('a\r\n\tb  c\u202e')).toBe('a b c')
  })

  it('names a fault by its code, also the first of several', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    expect(faultOf(refused)).toBe('ECONNREFUSED')
    expect(faultOf(new AggregateError([refused, new Error('x')]))).toBe('ECONNREFUSED')
    expect(faultOf(new Error('plain'))).toBe('plain')
    expect(faultOf('text')).toBe('text')
    expect(faultOf(undefined)).toBe('undefined')
  })
})
