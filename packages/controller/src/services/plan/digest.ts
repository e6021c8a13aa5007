import { createHash } from 'node:crypto'
import type { Digest } from '@chaos-lite/shared'

/** SHA-256 of text or bytes as `sha256:<hex>`. */
export function digestOf(data: string | Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`
}
