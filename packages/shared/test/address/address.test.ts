import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, addressOfBytes, isLoopback } from '../../src/address/index.ts'

/** Texts that look much like addresses, most of which are none. */
const almost = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4Extended(),
  fc.stringMatching(/^[0-9a-f:.x%]{0,24}$/),
  fc.stringMatching(/^(?:[0-9a-f]{0,5}:){1,8}(?:[0-9a-f]{0,5}|(?:0?[0-9]{1,3}\.){3}[0-9]{1,3})$/),
  fc.tuple(fc.constantFrom('::', '::ffff:', '64:ff9b::', '1:2:3:4:5:6:'), fc.ipV4Extended()).map(([a, b]) => a + b),
)

describe('an address', () => {
  it('is what the system takes for one, except for zones', () => {
    fc.assert(
      fc.property(almost, (text) => {
        const known = isIP(text) !== 0 && !text.includes('%')
        expect(addressOf(text) !== null, text).toBe(known)
      }),
      { numRuns: 2_000 },
    )
  })

  it('of IPv6 is written as browsers write it, unless it stands for one of IPv4', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const written = new URL(`http://[${text}]`).hostname.slice(1, -1)
        fc.pre(!written.startsWith('::ffff:') || written.split(':').length !== 5)
        expect(addressOf(text)?.toString()).toBe(written)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    // Not mapped, only alike: IPv4-compatible (deprecated) and IPv4-translated.
    ['::192.0.2.1', '::c000:201'],
    ['::ffff:0:192.0.2.1', '::ffff:0:c000:201'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ])('%s is %s', (text, written) => {
    expect(addressOf(text)?.toString()).toBe(written)
  })

  it.each([
    '',
    'erp',
    '127.1',
    '0x7f.0.0.1',
    '010.0.0.1',
    '::ffff:010.0.0.1',
    '::ffff:0x7f.0.0.1',
    'fe80::1%eth0',
    ' ::1',
  ])('"%s" is none', (text) => {
    expect(addressOf(text)).toBeNull()
  })

  it('is made of 4 or of 16 bytes', () => {
    expect(addressOfBytes([192, 0, 2, 1]).toString()).toBe('192.0.2.1')
    expect(addressOfBytes([...Array<number>(10).fill(0), 255, 255, 192, 0, 2, 1]).toString()).toBe('192.0.2.1')
    expect(addressOfBytes([0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1]).toString()).toBe('2001:db8::1')
    expect(() => addressOfBytes([1, 2, 3])).toThrow()
  })
})

it('only names and addresses of this machine itself are loopback', () => {
  const own = ['127.0.0.1', '127.8.8.8', '::1', '0:0:0:0:0:0:0:1', 'localhost']
  expect(own.filter((host) => !isLoopback(host))).toEqual([])
  const others = ['0.0.0.0', '::', '192.0.2.1', '127.0.0.1.example', '127.1', '10.0.0.1', '::ffff:127.0.0.1', '']
  expect(others.filter(isLoopback)).toEqual([])
})
