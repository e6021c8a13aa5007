import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Digest } from '@chaos-lite/shared'

/** SHA-256 as `sha256:<hex>`. */
export function sha256(data: string | Uint8Array): Digest {
  return `sha256:${hash('sha256', data, 'hex')}`
}

/** 32 random bytes as 43 characters that are safe in addresses and on command lines. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * What is kept of a secret that we made ourselves. A plain hash is enough, because 32 random bytes cannot be guessed;
 * passwords of people are another matter (see `auth/password.ts`).
 */
export function hashOf(secret: string): string {
  return hash('sha256', secret, 'hex')
}

/** HMAC-SHA-256 (RFC 2104) of a text in UTF-8, as 64 lower-case hexadecimal digits. */
export function hmacHex(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

/** Compares without revealing by its time where the texts differ. */
export function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
