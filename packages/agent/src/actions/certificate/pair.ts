import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { ChaosError } from '@chaos-lite/shared'
import { digestOf } from '../../host/index.ts'
import { type KeyKind, kindOf } from './keys.ts'
import { blockOf, blocksIn, isKey } from './pem.ts'

/** A file with its bytes. */
interface Read {
  readonly path: string
  readonly bytes: Buffer
}

/** A certificate and its private key, as they stand in the files of a service. */
export interface Pair {
  readonly certificate: X509Certificate
  readonly kind: KeyKind
  /** How the key is written: `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`. */
  readonly keyLabel: string
}

const labels = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY']

/** @throws ChaosError with what must be there instead; nothing of a key is ever in its words */
export function readPair(certificateFile: Read, keyFile: Read): Pair {
  const certificate = certificateIn(certificateFile.bytes)
  if (certificate === null) {
    throw unfit(`${certificateFile.path} holds no certificate as PEM text: name the file that the service reads.`)
  }
  const { key, label } = keyIn(keyFile)
  if (!certificate.checkPrivateKey(key)) {
    throw unfit(
      `The first certificate in ${certificateFile.path} does not belong to the private key in ${keyFile.path}: name a pair.`,
    )
  }
  const kind = kindOf(key)
  if (kind === null) {
    throw unfit(
      `The key in ${keyFile.path} is of a kind of which this agent makes none: it makes RSA up to 4096 bits, EC on P-256, P-384 and P-521, and Ed25519.`,
    )
  }
  return { certificate, kind, keyLabel: label }
}

/** The first certificate in a file, which is the one that a server shows as its own; null where there is none. */
export function certificateIn(bytes: Buffer): X509Certificate | null {
  const block = blockOf(bytes, 'certificate')
  try {
    return block === undefined ? null : new X509Certificate(block.text)
  } catch {
    return null
  }
}

/** The digest of a certificate as a whole. */
export function fingerprintOf(certificate: X509Certificate): string {
  return digestOf(certificate.raw)
}

/** The digest of a public key. */
export function keyDigestOf(key: KeyObject): string {
  return digestOf(key.export({ type: 'spki', format: 'der' }))
}

/** The digest of the public part of the key in a file; null where there is none that can be read. */
export function keyDigestIn(bytes: Buffer): string | null {
  const block = blockOf(bytes, 'key')
  try {
    return block === undefined ? null : keyDigestOf(createPublicKey(block.text))
  } catch {
    return null
  }
}

function keyIn({ path, bytes }: Read): { key: KeyObject; label: string } {
  const keys = blocksIn(bytes).filter(({ label }) => isKey(label))
  const [block] = keys
  if (block === undefined)
    throw unfit(`${path} holds no private key as PEM text: name the file that the service reads.`)
  if (keys.length > 1) throw unfit(`${path} holds ${keys.length} private keys: name a file with one.`)
  if (block.label.startsWith('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED/m.test(block.text)) {
    throw unfit(`The private key in ${path} is encrypted: the service would ask for another password.`)
  }
  const unknown = unfit(`The private key in ${path} cannot be read: expected is ${labels.join(', ')}.`)
  if (!labels.includes(block.label)) throw unknown
  try {
    return { key: createPrivateKey(block.text), label: block.label }
  } catch {
    // Its words could disclose something of the key.
    throw unknown
  }
}

function unfit(message: string): ChaosError {
  return new ChaosError('param-invalid', message)
}
