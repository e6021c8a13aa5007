import { randomBytes } from 'node:crypto'
import { element, elementsIn } from './der.ts'
import type { KeyKind } from './keys.ts'

const dayMs = 86_400_000
/** Longer ones are not made by public authorities, and would have to begin before dates in short form can. */
const longestMs = 398 * dayMs

const SEQUENCE = 0x30
const INTEGER = 0x02
const BIT_STRING = 0x03
const OCTET_STRING = 0x04
const IA5_STRING = 0x16
const UTC_TIME = 0x17
const VERSION = 0xa0
const EXTENSIONS = 0xa3

/** What names a server and says what its certificate is for: alternative names, key usages, basic constraints. */
const kept = ['551d11', '551d0f', '551d25', '551d13']
/** `nsComment`, which programs show and none of them judges. */
const comment = Buffer.from('06096086480186f842010d', 'hex')

/** What an expired certificate is made of. */
export interface Wanted {
  /** The DER of the certificate that it resembles. */
  readonly original: Buffer
  readonly kind: KeyKind
  readonly keys: Awaited<ReturnType<KeyKind['make']>>
  /** How long the original is valid. */
  readonly validMs: number
  /** When it ended. */
  readonly endMs: number
  /** ASCII: stands in the certificate, for everybody who looks at it. */
  readonly mark: string
}

/**
 * A certificate for the subject and the names of another one, bit by bit, in the name of the same issuer; for a key of its
 * own, and signed with that: nobody but the issuer could sign as the issuer. What only the issuer can vouch for (logs,
 * revocation) is left out. Returns its DER.
 */
export function expiredLike({ original, kind, keys, validMs, endMs, mark }: Wanted): Buffer {
  const [certificate] = elementsIn(original)
  const [body] = elementsIn(certificate?.content ?? Buffer.alloc(0))
  const parts = elementsIn(body?.content ?? Buffer.alloc(0))
  const [, , issuer, , subject] = parts[0]?.tag === VERSION ? parts.slice(1) : parts
  if (issuer === undefined || subject === undefined) throw new Error('A certificate without a subject.')
  const extensions = parts.find(({ tag }) => tag === EXTENSIONS)
  const validity = element(SEQUENCE, timeOf(endMs - Math.min(validMs, longestMs)), timeOf(endMs))
  const signed = element(
    SEQUENCE,
    element(VERSION, element(INTEGER, Buffer.of(2))),
    element(INTEGER, serialNumber()),
    kind.algorithm,
    issuer.whole,
    validity,
    subject.whole,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    element(EXTENSIONS, element(SEQUENCE, ...keptOf(extensions?.content), markOf(mark))),
  )
  const signature = kind.sign(signed, keys.privateKey)
  return element(SEQUENCE, signed, kind.algorithm, element(BIT_STRING, Buffer.of(0), signature))
}

function keptOf(extensions: Buffer = Buffer.alloc(0)): readonly Buffer[] {
  const all = elementsIn(extensions).flatMap(({ content }) => elementsIn(content))
  return all
    .filter(({ content }) => kept.includes(elementsIn(content)[0]?.content.toString('hex') ?? ''))
    .map(({ whole }) => whole)
}

function markOf(mark: string): Buffer {
  return element(SEQUENCE, comment, element(OCTET_STRING, element(IA5_STRING, Buffer.from(mark, 'latin1'))))
}

/** `YYMMDDhhmmssZ`, which stands for the years 1950 to 2049. */
function timeOf(ms: number): Buffer {
  const digits = new Date(ms).toJSON().replaceAll(/\D/g, '').slice(2, 14)
  return element(UTC_TIME, Buffer.from(`${digits}Z`, 'latin1'))
}

/** 128 random bits, positive and without a leading zero byte (RFC 5280, 4.1.2.2). */
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes
}
