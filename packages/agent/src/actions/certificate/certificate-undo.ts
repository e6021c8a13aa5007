import { Digest, line } from '@chaos-lite/shared'
import * as z from 'zod'
import { FileImage } from '../../host/index.ts'

/** Where the service presented the certificate when it was looked at. */
export const SeenAt = z.strictObject({
  host: line(64),
  port: z.int().min(1).max(65_535),
  /** The name that is asked for (SNI), or null. */
  serverName: line(253).nullable(),
})
export type SeenAt = z.infer<typeof SeenAt>

/** One file that is swapped: `given` is the name that the service uses, and leads to `image.path`. */
export const SwappedFile = z.strictObject({
  given: z.string().max(4096),
  image: FileImage,
  holds: z
    .array(z.enum(['certificate', 'key']))
    .min(1)
    .max(2),
})
export type SwappedFile = z.infer<typeof SwappedFile>

/**
 * Before: these files as they were, read by a service that runs. After: the same files with another certificate and its
 * key. Of keys only digests of their public parts stand here; private ones lie in the record's folder alone.
 */
export const CertificateUndo = z.strictObject({
  service: line(256),
  manager: line(64),
  bootId: line(64),
  /** In the order in which they are swapped. */
  files: z.array(SwappedFile).min(1).max(2),
  before: z.strictObject({ certificate: Digest, subject: line(512) }),
  made: z.strictObject({ certificate: Digest, key: Digest }),
  keyKind: line(64),
  seen: SeenAt.nullable(),
  reloadMs: z.int().min(1),
  startMs: z.int().min(1),
})
export type CertificateUndo = z.infer<typeof CertificateUndo>
