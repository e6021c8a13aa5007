import { ChaosError } from '@chaos-lite/shared'
import { digestOf, prepareImage } from '../../host/index.ts'
import { oneLine } from '../../text/index.ts'
import type { ActionContext } from '../action.ts'
import type { CertificateUndo, SwappedFile } from './certificate-undo.ts'
import { expiredLike } from './expired.ts'
import { marked, saveMade, withMade } from './made-files.ts'
import { fingerprintOf, keyDigestOf, type Pair } from './pair.ts'
import { armoured, type Part } from './pem.ts'

const dayMs = 86_400_000

/** A file by the name that was given, and by its own, with what it holds. */
export interface Place {
  readonly given: string
  readonly path: string
  readonly bytes: Buffer
}

/** Makes the expired certificate and its key: the texts for the files, and the digests by which they are known again. */
export async function makePair({ host, recordId }: ActionContext, { certificate, kind, keyLabel }: Pair) {
  const keys = await kind.make()
  const der = expiredLike({
    ...{ original: certificate.raw, kind, keys },
    validMs: Date.parse(certificate.validTo) - Date.parse(certificate.validFrom),
    endMs: host.clock.wallMs() - dayMs,
    mark: `chaos-lite ${recordId}: expired certificate of a drill`,
  })
  const key = keys.privateKey
    .export({ type: keyType(keyLabel), format: 'pem' })
    .toString()
    .trimEnd()
  return {
    texts: {
      certificate: marked(recordId, 'certificate', armoured('CERTIFICATE', der)),
      key: marked(recordId, 'key', key),
    },
    made: { certificate: digestOf(der), key: keyDigestOf(keys.publicKey) },
  }
}

function keyType(label: string): 'pkcs1' | 'sec1' | 'pkcs8' {
  if (label === 'RSA PRIVATE KEY') return 'pkcs1'
  return label === 'EC PRIVATE KEY' ? 'sec1' : 'pkcs8'
}

/** The images of the files, in the order in which they are swapped; what they are to become lies in the record's folder. */
export async function prepareFiles(
  { host, recordId, recordFolder }: ActionContext,
  places: { readonly certificate: Place; readonly key: Place },
  texts: Readonly<Record<Part, string>>,
): Promise<SwappedFile[]> {
  const isOne = places.certificate.path === places.key.path
  const all: readonly { place: Place; holds: Part[] }[] = isOne
    ? [{ place: places.certificate, holds: ['certificate', 'key'] }]
    : [
        { place: places.key, holds: ['key'] },
        { place: places.certificate, holds: ['certificate'] },
      ]
  const files: SwappedFile[] = []
  for (const { place, holds } of all) {
    const copy = holds.join('-and-')
    const wanted = Object.fromEntries(holds.map((part) => [part, texts[part]]))
    const bytes = withMade(place.bytes, wanted)
    await saveMade(recordFolder, copy, bytes)
    const record = { folder: recordFolder, tag: recordId }
    const image = await prepareImage(host.files, place.path, record, copy, () => bytes)
    if (image.beforeDigest !== digestOf(place.bytes)) {
      throw new ChaosError(
        'wrong-state',
        `${place.path} was changed while it was read: nothing was touched. Try again.`,
      )
    }
    files.push({ given: place.given, image, holds })
  }
  return files
}

/** What is kept of the original for comparison and for people. */
export function describe({ certificate }: Pair): CertificateUndo['before'] {
  // One without a subject is identified by its names alone.
  const subject = certificate.subject === '' ? (certificate.subjectAltName ?? '') : certificate.subject
  return { certificate: fingerprintOf(certificate), subject: oneLine(subject.split('\n').join(', '), 500) }
}
