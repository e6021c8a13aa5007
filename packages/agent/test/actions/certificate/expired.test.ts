import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { elementsIn } from '../../../src/actions/certificate/der.ts'
import { expiredLike } from '../../../src/actions/certificate/expired.ts'
import { kindOf } from '../../../src/actions/certificate/keys.ts'
import { madePair } from './make.ts'

const DAY_MS = 86_400_000
const endMs = Date.UTC(2026, 10, 30, 12)

async function made(original: ReturnType<typeof madePair>, keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })) {
  const kind = kindOf(keys.publicKey)
  if (kind === null) throw new Error('no kind')
  const own = await kind.make()
  const wanted = { original: original.der, kind, keys: own, validMs: 90 * DAY_MS, endMs, mark: 'chaos-lite 01ARZ' }
  return { kind, own, certificate: new X509Certificate(expiredLike(wanted)) }
}

/** The fields of a certificate, bit by bit: version, serial number, algorithm, issuer, validity, subject … */
function fieldsOf(der: Buffer): readonly Buffer[] {
  const [certificate] = elementsIn(der)
  const [body] = elementsIn(certificate?.content ?? Buffer.alloc(0))
  return elementsIn(body?.content ?? Buffer.alloc(0)).map(({ whole }) => whole)
}

describe('an expired certificate like another one', () => {
  it('has the subject, the issuer and the names of the original, bit by bit', async () => {
    // TeletexString, as old authorities wrote it: a library would write another type.
    const original = madePair({
      subject: 'M\xfcller',
      subjectTag: 0x14,
      issuer: 'Example CA',
      names: ['a.test', '*.b.test'],
    })
    const { certificate } = await made(original)
    const [before, now] = [fieldsOf(original.der), fieldsOf(certificate.raw)]
    expect(now[3]).toEqual(before[3])
    expect(now[5]).toEqual(before[5])
    expect(certificate.subjectAltName).toBe('DNS:a.test, DNS:*.b.test')
    expect(now[1]).not.toEqual(before[1])
  })

  it('expired, was valid as long as the original, and says what it is', async () => {
    const { certificate } = await made(madePair())
    expect(Date.parse(certificate.validTo)).toBe(endMs)
    expect(Date.parse(certificate.validFrom)).toBe(endMs - 90 * DAY_MS)
    expect(certificate.raw.includes('chaos-lite 01ARZ')).toBe(true)
  })

  it('leaves out what only the issuer can vouch for', async () => {
    const original = madePair()
    const { certificate } = await made(original)
    const revocations = Buffer.from('0603551d1f', 'hex')
    expect(original.der.includes(revocations)).toBe(true)
    expect(certificate.raw.includes(revocations)).toBe(false)
    expect(certificate.ca).toBe(false)
  })

  it.each([
    ['RSA, 2048 bits', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['EC, P-256', generateKeyPairSync('ec', { namedCurve: 'prime256v1' })],
    ['EC, P-384', generateKeyPairSync('ec', { namedCurve: 'secp384r1' })],
    ['EC, P-521', generateKeyPairSync('ec', { namedCurve: 'secp521r1' })],
    ['Ed25519', generateKeyPairSync('ed25519')],
  ])('has a key of the same kind as the original and is signed with it: %s', async (text, keys) => {
    const { certificate, kind, own } = await made(madePair({ keys }), keys)
    expect(kind.text).toBe(text)
    expect(certificate.checkPrivateKey(own.privateKey)).toBe(true)
    expect(certificate.verify(own.publicKey)).toBe(true)
    expect(own.publicKey.asymmetricKeyDetails).toEqual(keys.publicKey.asymmetricKeyDetails)
  })

  it.each([
    ['DSA', generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })],
    ['a curve of which none is made', generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
    ['Ed448', generateKeyPairSync('ed448')],
  ])('is not made for %s', (_, { publicKey }) => expect(kindOf(publicKey)).toBeNull())
})

describe('DER', () => {
  it.each(['30', '3081', '308100ff', '300500', '30800000', '1f0100', '30850000000001'])('%s is refused', (hex) =>
    expect(() => elementsIn(Buffer.from(hex, 'hex'))).toThrow('no DER'),
  )
})
