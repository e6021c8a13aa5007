import { ChaosError } from '@chaos-lite/shared'

/** One element of DER (X.690): its tag, and its bytes with and without tag and length. */
export interface Element {
  readonly tag: number
  readonly whole: Buffer
  readonly content: Buffer
}

/** The elements that stand one after the other in these bytes. @throws ChaosError `param-invalid` where it is no DER */
export function elementsIn(bytes: Buffer): readonly Element[] {
  const found: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const [tag, first] = [bytes[at], bytes[at + 1]]
    const more = first !== undefined && first > 0x80 ? first - 0x80 : 0
    // Tags of several bytes and lengths without an end do not occur in certificates.
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || first === 0x80 || more > 4) throw notDer()
    const begin = at + 2 + more
    if (begin > bytes.length) throw notDer()
    const end = begin + (more === 0 ? first : bytes.readUIntBE(at + 2, more))
    if (end > bytes.length) throw notDer()
    found.push({ tag, whole: bytes.subarray(at, end), content: bytes.subarray(begin, end) })
    at = end
  }
  return found
}

/** An element of this tag around these parts. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const hex = length.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.of(0x80 + bytes.length), bytes])
}

function notDer(): ChaosError {
  return new ChaosError('param-invalid', 'A certificate is damaged: its bytes are no DER.')
}
