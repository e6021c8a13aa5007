import { createHash } from 'node:crypto'

/** `sha256:` and the digest of these bytes in hexadecimal. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
