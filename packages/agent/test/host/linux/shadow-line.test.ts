import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { enabled } from '../../../src/host/linux/accounts/disable.ts'
import { isExpired, isLocked, shadowLine, withShadowLine } from '../../../src/host/linux/accounts/shadow-line.ts'
import { digestOf } from '../../../src/host/swap/digest.ts'

const name = fc.stringMatching(/^[a-z]{1,6}$/)
const field = fc.stringMatching(/^[!*$./0-9A-Za-z]{0,12}$/)
const row = fc
  .tuple(name, fc.array(field, { minLength: 8, maxLength: 8 }))
  .map(([account, fields]) => [account, ...fields].join(':'))
/** Anything that may stand in such a file, other bytes than ASCII included. */
const rubbish = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll('\n', ''))
const file = fc
  .tuple(fc.array(fc.oneof(row, rubbish), { maxLength: 8 }), fc.constantFrom('', '\n'))
  .map(([rows, end]) => Buffer.from(rows.join('\n') + end, 'latin1'))

describe('the line of one account in shadow', () => {
  it('is read, of the first line of that name', () => {
    const bytes = Buffer.from('ann:!:1::::::\nanna:$y$a:19000:0:99999:7::42:\nanna:other:::::::\n')
    expect(shadowLine(bytes, 'anna')).toEqual({ password: '$y$a', expire: '42' })
    expect(shadowLine(bytes, 'zoe')).toBeNull()
    expect(shadowLine(Buffer.from('anna:x:1:2\n'), 'anna')).toBeNull()
    expect(shadowLine(Buffer.from('+anna::::::::\n'), 'anna')).toBeNull()
  })

  it('changes in two fields only, and every other byte stays', () => {
    fc.assert(
      fc.property(file, name, field, fc.stringMatching(/^\d{0,6}$/), (bytes, account, password, expire) => {
        const before = shadowLine(bytes, account)
        const changed = withShadowLine(bytes, account, () => ({ password, expire }))
        if (before === null) {
          expect(changed).toBeNull()
          return
        }
        expect(shadowLine(changed ?? bytes, account)).toEqual({ password, expire })
        expect(withShadowLine(changed ?? bytes, account, () => before)?.equals(bytes)).toBe(true)
      }),
    )
  })

  it('comes back exactly from what we made of it, among whatever else stands there', () => {
    fc.assert(
      fc.property(
        file,
        name,
        field,
        fc.stringMatching(/^\d{0,6}$/),
        fc.boolean(),
        (noise, account, password, expire, locks) => {
          const bytes = Buffer.concat([Buffer.from(`${account}:${password}:1:::::${expire}:\n`, 'latin1'), noise])
          const ours = withShadowLine(bytes, account, (now) => ({
            password: locks ? `!${now.password}` : now.password,
            expire: '1',
          }))
          const passwordDigest = locks ? digestOf(Buffer.from(password, 'latin1')) : null
          const back = enabled(ours ?? bytes, stored(account, passwordDigest, expire))
          expect((back ?? ours)?.equals(bytes)).toBe(true)
        },
      ),
    )
  })

  it('of somebody else is never touched by the way back', () => {
    fc.assert(
      fc.property(file, name, (bytes, account) => {
        const strangers = stored(account, digestOf(Buffer.from('never a hash of anybody')), '9999')
        const back = enabled(bytes, strangers)
        if (shadowLine(bytes, account)?.expire !== '1') expect(back).toBeNull()
        else expect(shadowLine(back ?? bytes, account)?.password).toBe(shadowLine(bytes, account)?.password)
      }),
    )
  })
})

describe('a shadow line', () => {
  const nowMs = Date.UTC(2026, 10, 22, 12)
  const today = Math.floor(nowMs / 86_400_000)

  it.each([
    ['', false],
    ['0', true],
    ['1', true],
    [String(today - 1), true],
    [String(today), true],
    [String(today + 1), false],
    ['-1', false],
    ['soon', false],
  ])('with the expiry %j is past its day: %s', (expire, past) => {
    expect(isExpired({ password: '', expire }, nowMs)).toBe(past)
  })

  it.each([
    ['!', true],
    ['!$y$a', true],
    ['*', true],
    ['!*', true],
    ['', false],
    ['$y$a', false],
  ])('with the password %j is locked: %s', (password, locked) => {
    expect(isLocked({ password, expire: '' })).toBe(locked)
  })
})

/** As prepared; the file itself plays no part here. */
function stored(account: string, passwordDigest: string | null, expireBefore: string) {
  return { account, passwordDigest, expireBefore, image: {} } as unknown as Parameters<typeof enabled>[1]
}
