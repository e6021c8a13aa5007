import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'

/** A new Ed25519 key (RFC 8032). Only the public half ever leaves the host. */
export function makeKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey
}

/** The raw 32 bytes of the public half, base64: the form that frames carry. */
export function publicKeyOf(privateKey: KeyObject): string {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  return Buffer.from(String(x), 'base64url').toString('base64')
}

/** The private key as PKCS #8 text, for the identity file. */
export function keyToPem(privateKey: KeyObject): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** The reverse of `keyToPem` (PKCS #8, RFC 5958). Throws for text that is no private key. */
export function keyFromPem(pem: string): KeyObject {
  return createPrivateKey(pem)
}

/** An Ed25519 signature over the UTF-8 bytes of `text`, base64. */
export function signText(text: string, privateKey: KeyObject): string {
  return sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64')
}

/** Is this `rawPublicKey`'s signature over `text`? False, never an error, for anything that is not. */
export function verifyText(text: string, signature: string, rawPublicKey: string): boolean {
  try {
    const key = publicKeyFrom(rawPublicKey)
    return verify(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

/** The one that was asked for last: a host obeys one controller, and each of its commands is verified. */
let made: { readonly raw: string; readonly key: KeyObject } | null = null

function publicKeyFrom(raw: string): KeyObject {
  if (made?.raw === raw) return made.key
  const x = Buffer.from(raw, 'base64').toString('base64url')
  made = { raw, key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }) }
  return made.key
}
