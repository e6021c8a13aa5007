import { generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'

const generate = promisify(generateKeyPair)

/** Larger ones take longer to make than a plan may take. */
const mostBits = 4096

interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/** A kind of key, so that a server whose ciphers are chosen for the original key takes another one of it. */
export interface KeyKind {
  /** For people, such as `RSA, 2048 bits`. */
  readonly text: string
  make(): Promise<KeyPair>
  /** The DER of the algorithm with which such a key signs a certificate. */
  readonly algorithm: Buffer
  sign(bytes: Uint8Array, key: KeyObject): Buffer
}

const der = (hex: string) => Buffer.from(hex, 'hex')

/** RFC 3279 and RFC 5758: the hash that belongs to each curve. */
const curves: Readonly<Record<string, { text: string; hash: string; algorithm: Buffer }>> = {
  prime256v1: { text: 'P-256', hash: 'sha256', algorithm: der('300a06082a8648ce3d040302') },
  secp384r1: { text: 'P-384', hash: 'sha384', algorithm: der('300a06082a8648ce3d040303') },
  secp521r1: { text: 'P-521', hash: 'sha512', algorithm: der('300a06082a8648ce3d040304') },
}

/** The kind of a key; null where none of it can be made here. */
export function kindOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): KeyKind | null {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails ?? {}
  if (asymmetricKeyType === 'rsa' && modulusLength <= mostBits) {
    return {
      text: `RSA, ${modulusLength} bits`,
      make: () => generate('rsa', { modulusLength }),
      algorithm: der('300d06092a864886f70d01010b0500'),
      sign: (bytes, key) => sign('sha256', bytes, key),
    }
  }
  const curve = asymmetricKeyType === 'ec' ? curves[namedCurve] : undefined
  if (curve !== undefined) {
    return {
      text: `EC, ${curve.text}`,
      make: () => generate('ec', { namedCurve }),
      algorithm: curve.algorithm,
      sign: (bytes, key) => sign(curve.hash, bytes, key),
    }
  }
  if (asymmetricKeyType !== 'ed25519') return null
  return {
    text: 'Ed25519',
    make: () => generate('ed25519'),
    algorithm: der('300506032b6570'),
    sign: (bytes, key) => sign(null, bytes, key),
  }
}
