import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import type { CertifiedKey } from './certificates.ts'

/** The certificate that the user gave; read again each time, so that a renewed one is taken up without a restart. */
export function readGiven(certFile: string, keyFile: string): CertifiedKey {
  const given = { cert: readPem(certFile, '--tls-cert'), key: readPem(keyFile, '--tls-key') }
  const key = keyIn(given.key, keyFile)
  if (!certificateIn(given.cert, certFile).checkPrivateKey(key))
    throw invalid(`The private key ${keyFile} does not belong to the certificate ${certFile}.`)
  try {
    createSecureContext(given)
    return given
  } catch (cause) {
    throw invalid(`TLS cannot use the certificate ${certFile} with the key ${keyFile}: ${sentenceOf(cause)}`, cause)
  }
}

function certificateIn(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw invalid(`${file}, given with --tls-cert, is not a certificate in PEM.`, cause)
  }
}

/** How keys with a passphrase begin, in the form of today and in that of OpenSSL before 1.0. */
const ENCRYPTED = /^(?:-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED)/m

function keyIn(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    if (ENCRYPTED.test(pem))
      throw invalid(`${file}, given with --tls-key, is encrypted. Give a key without a passphrase.`, cause)
    throw invalid(`${file}, given with --tls-key, is not a private key in PEM.`, cause)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
}

/** A file in PEM. Throws `request-invalid` naming the option it was given with. */
export function readPem(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const reason = REASONS[(cause as NodeJS.ErrnoException).code ?? ''] ?? sentenceOf(cause)
    throw invalid(`The file given with ${option}, ${file}, cannot be read: ${reason}.`, cause)
  }
}

function invalid(sentence: string, cause?: unknown): ChaosError {
  return new ChaosError('request-invalid', sentence, { cause })
}
