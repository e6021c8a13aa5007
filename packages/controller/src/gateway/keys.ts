import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import type { Store } from '../store/index.ts'
import { SIGNING_KEY } from '../store/index.ts'

/** The controller's own key: pinned by every agent at enrolment. */
export interface ControllerKey {
  /** The raw 32 bytes, base64. */
  readonly publicKey: string
  sign(text: string): string
}

/** The key of this controller, made at first start. Whoever has it can command the hosts: it never leaves the store. */
export async function controllerKey(store: Store): Promise<ControllerKey> {
  const fresh = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const privateKey = createPrivateKey(await store.settings.setOnce(SIGNING_KEY, fresh))
  return {
    publicKey: rawPublicKey(privateKey),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64'),
  }
}

function rawPublicKey(privateKey: KeyObject): string {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  return Buffer.from(String(x), 'base64url').toString('base64')
}

/** Is this `publicKey`'s Ed25519 signature (RFC 8032) over `text`? False, never an error, for anything that is not. */
export function verified(text: string, signature: string, publicKey: string): boolean {
  try {
    const x = Buffer.from(publicKey, 'base64').toString('base64url')
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    return verify(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}
