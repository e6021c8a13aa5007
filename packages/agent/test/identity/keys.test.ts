import { PublicKey, Signature } from '@chaos-lite/shared'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyFromPem, keyToPem, makeKey, publicKeyOf, signText, verifyText } from '../../src/identity/index.ts'

test('keys and signatures have the form that frames carry', () => {
  const key = makeKey()
  expect(PublicKey.safeParse(publicKeyOf(key)).success).toBe(true)
  expect(Signature.safeParse(signText('text', key)).success).toBe(true)
})

test('a signature holds for its text and its key, and for no other', () => {
  const key = makeKey()
  const signature = signText('text', key)
  expect(verifyText('text', signature, publicKeyOf(key))).toBe(true)
  expect(verifyText('Text', signature, publicKeyOf(key))).toBe(false)
  expect(verifyText('text', signature, publicKeyOf(makeKey()))).toBe(false)
  expect(verifyText('text', signature, publicKeyOf(key))).toBe(true)
})

test('a key survives being written and read', () => {
  const key = makeKey()
  expect(publicKeyOf(keyFromPem(keyToPem(key)))).toBe(publicKeyOf(key))
})

test('no two keys are the same', () => {
  expect(publicKeyOf(makeKey())).not.toBe(publicKeyOf(makeKey()))
})

test('the public key of the test vector of RFC 8032 is computed, and its signature verifies', () => {
  // RFC 8032, 7.1, TEST 1: the empty message.
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex')
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const pem = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`
  const expected = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
  expect(Buffer.from(publicKeyOf(keyFromPem(pem)), 'base64').toString('hex')).toBe(expected)
  const signature = Buffer.from(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    'hex',
  ).toString('base64')
  expect(verifyText('', signature, publicKeyOf(keyFromPem(pem)))).toBe(true)
})

test('whatever is presented as a signature or a key, verifying says no and never throws', () => {
  const key = makeKey()
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (text, signature, publicKey) => {
      expect(verifyText(text, signature, publicKeyOf(key))).toBe(false)
      expect(verifyText(text, signText(text, key), publicKey)).toBe(false)
    }),
    { numRuns: 200 },
  )
})
