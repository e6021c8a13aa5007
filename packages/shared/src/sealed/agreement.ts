import { createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, type KeyObject } from 'node:crypto'
import { SUBPROTOCOL } from '../plain/index.ts'
import type { Greetings } from '../protocol/index.ts'
import { Seal } from './seal.ts'

const KEY_BYTES = 32

/**
 * One side's part in agreeing on the keys of one connection: X25519 (RFC 7748), then HKDF-SHA-256 (RFC 5869) over
 * everything that both sides signed. Nothing of it outlives the connection, so what was recorded cannot be opened later.
 */
export class Agreement {
  readonly #privateKey: KeyObject
  /** What the other side receives: the raw 32 bytes, base64. */
  readonly publicKey: string

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('x25519')
    this.#privateKey = privateKey
    this.publicKey = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url').toString('base64')
  }

  /** The seal of this side, at the beginning of the connection. Null when the other side's key is none. */
  seal(role: 'agent' | 'controller', greetings: Greetings): Seal | null {
    const theirs = role === 'agent' ? greetings.controllerAgreement : greetings.agentAgreement
    const secret = this.#agree(theirs)
    if (secret === null) return null
    const { hostId, agentNonce, controllerNonce, agentAgreement, controllerAgreement } = greetings
    const salt = `${agentNonce}${controllerNonce}`
    const info = [SUBPROTOCOL, 'seal', hostId, agentAgreement, controllerAgreement].join('\n')
    const keys = Buffer.from(hkdfSync('sha256', secret, salt, info, 2 * KEY_BYTES))
    const [up, down] = [keys.subarray(0, KEY_BYTES), keys.subarray(KEY_BYTES)].map((key) => key.toString('hex'))
    const [ours = '', other = ''] = role === 'agent' ? [up, down] : [down, up]
    return new Seal({ out: { key: ours, count: 0 }, in: { key: other, count: 0 } })
  }

  /** Null for a key that is none, or one of the few that would make any secret the same. */
  #agree(theirs: string): Buffer | null {
    try {
      const x = Buffer.from(theirs, 'base64').toString('base64url')
      const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' })
      return diffieHellman({ privateKey: this.#privateKey, publicKey })
    } catch {
      return null
    }
  }
}
