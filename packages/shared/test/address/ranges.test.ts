import { BlockList } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { covers, rangeOf, simplified, textOf } from '../../src/address/index.ts'

const v4 = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, prefix]) => `${address}/${prefix}`)
const v6 = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([address, prefix]) => `${address}/${prefix}`)
const anyRange = fc.oneof(v4, v6, fc.ipV4(), fc.ipV6())
const read = (text: string) => {
  const range = rangeOf(text)
  if (range === null) throw new Error(`${text} was not read`)
  return range
}

describe('a range of addresses', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['192.0.2.7/24', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:0DB8:0::1', '2001:db8::1'],
    ['2001:db8::ffff/32', '2001:db8::/32'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1/120', '192.0.2.0/24'],
    ['::/0', '::/0'],
  ])('%s is written as %s', (given, written) => {
    expect(textOf(read(given))).toBe(written)
  })

  it.each(['', 'erp', '192.0.2.7/33', '2001:db8::/129', '192.0.2.7/', '192.0.2.0/24/8', 'fe80::1%eth0', '192.0.2.7/x'])(
    '"%s" is none',
    (text) => {
      expect(rangeOf(text)).toBeNull()
    },
  )

  it('reads back as what was written', () => {
    fc.assert(fc.property(anyRange, (text) => void expect(read(textOf(read(text)))).toEqual(read(text))))
  })

  it('never throws, whatever is given', () => {
    fc.assert(fc.property(fc.string(), (text) => void rangeOf(text)))
  })

  it('holds the addresses that the system says it holds', () => {
    fc.assert(
      fc.property(v4, fc.ipV4(), (text, address) => {
        const [base = '', prefix] = text.split('/')
        const list = new BlockList()
        list.addSubnet(base, Number(prefix), 'ipv4')
        expect(covers(read(text), read(address))).toBe(list.check(address, 'ipv4'))
      }),
    )
  })

  it('never holds one of the other family', () => {
    expect(covers(read('0.0.0.0/0'), read('2001:db8::1'))).toBe(false)
    expect(covers(read('::/0'), read('192.0.2.1'))).toBe(false)
  })
})

describe('a simplified list', () => {
  it('holds all of the list, and none of it twice', () => {
    fc.assert(
      fc.property(fc.array(anyRange, { maxLength: 12 }), (texts) => {
        const all = texts.map(read)
        const left = simplified(all)
        for (const each of all) expect(left.filter((other) => covers(other, each))).toHaveLength(1)
        for (const each of left) expect(all).toContainEqual(each)
      }),
    )
  })

  it('does not depend on the order', () => {
    const texts = ['10.0.0.0/8', '192.0.2.7', '10.1.0.0/16', '2001:db8::1', '192.0.2.7/32']
    const one = simplified(texts.map(read)).map(textOf)
    expect(one).toEqual(['10.0.0.0/8', '192.0.2.7', '2001:db8::1'])
    expect(simplified(texts.toReversed().map(read)).map(textOf)).toEqual(one)
  })
})
