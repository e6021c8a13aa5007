import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import type { CertifiedKey } from './certificates.ts'

/** The certificate that the user gave; read again each time, so that a renewed one is taken up without a restart. */
export function readGiven(certFile: string, keyFile: string): CertifiedKey {
  const given = { cert: readPem(certFile, '--tls-cert'), key: readPem(keyFile, '--tls-key') }
  try {
    createSecureContext(given)
    return given
  } catch (cause) {
    throw new ChaosError(
      'request-invalid',
      `${certFile} and ${keyFile} are not a certificate and its private key in PEM: ${sentenceOf(cause)}`,
      { cause },
    )
  }
}

/** A file in PEM. Throws `request-invalid` naming the option it was given with. */
export function readPem(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ChaosError('request-invalid', `The file given with ${option} cannot be read: ${sentenceOf(cause)}`, {
      cause,
    })
  }
}
