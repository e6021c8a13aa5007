import { hash } from 'node:crypto'

const form = /^\{"line":(.*),"sha256":"([0-9a-f]{64})"\}$/s

/** SHA-256 as lower-case hexadecimal digits. */
export function sha256(bytes: string | Uint8Array): string {
  return hash('sha256', bytes)
}

/** A value as one line of JSON that carries the digest of its own bytes. */
export function seal(value: unknown): string {
  const text = JSON.stringify(value)
  return `{"line":${text},"sha256":"${sha256(text)}"}`
}

/** The value of a sealed line, or undefined where a single byte of it is not as it was written. */
export function unseal(text: string): unknown {
  const found = form.exec(text)
  if (found?.[1] === undefined || sha256(found[1]) !== found[2]) return undefined
  return JSON.parse(found[1])
}
