/** One armoured block of a PEM file. */
export interface Block {
  /** Such as `CERTIFICATE`. */
  readonly label: string
  /** With its first and last line. */
  readonly text: string
  readonly at: number
}

/** What a file of a service may hold of the two. */
export type Part = 'certificate' | 'key'

const begin = '-----BEGIN '
const dashes = '-----'
const longestLabel = 64

/** The blocks of a file, in their order; what stands between them is nothing to programs. Bytes are read as latin1. */
export function blocksIn(bytes: Uint8Array): readonly Block[] {
  const text = Buffer.from(bytes).toString('latin1')
  const blocks: Block[] = []
  for (let at = text.indexOf(begin); at >= 0; ) {
    const from = at + begin.length
    const to = text.indexOf(dashes, from)
    const label = to < 0 ? '' : text.slice(from, Math.min(to, from + longestLabel))
    const last = `-----END ${label}-----`
    const end = text.indexOf(last, from)
    if (to < 0 || end < 0) break
    blocks.push({ label, text: text.slice(at, end + last.length), at })
    at = text.indexOf(begin, end)
  }
  return blocks
}

/** The certificate of the server itself comes first: servers show that one, and those behind it as its issuers. */
export function blockOf(bytes: Uint8Array, part: Part): Block | undefined {
  return blocksIn(bytes).find(({ label }) => (part === 'key' ? isKey(label) : label === 'CERTIFICATE'))
}

/** Is this the label of a private key (RFC 7468, section 10 and 11), of whatever kind? */
export function isKey(label: string): boolean {
  return label.endsWith('PRIVATE KEY')
}

/** A DER as a block of lines of 64 characters. */
export function armoured(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return [`${begin}${label}${dashes}`, ...lines, `-----END ${label}-----`].join('\n')
}

/** The file with another text in the place of one of its blocks; everything else stays bit by bit. */
export function withBlock(bytes: Uint8Array, { at, text }: Block, other: string): Buffer {
  const before = Buffer.from(bytes).subarray(0, at)
  const after = Buffer.from(bytes).subarray(at + text.length)
  return Buffer.concat([before, Buffer.from(other, 'latin1'), after])
}
