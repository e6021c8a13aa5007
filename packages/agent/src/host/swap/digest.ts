import { hash } from 'node:crypto'

/** `sha256:` and the digest of these bytes in hexadecimal. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${hash('sha256', bytes)}`
}
