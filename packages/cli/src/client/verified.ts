import { readFile } from 'node:fs/promises'
import { ChaosError } from '@chaos-lite/shared'
import { fileTrouble } from './file-trouble.ts'

/** How the certificate of a controller is judged. It always is: see `verified`. */
export interface Verified {
  readonly rejectUnauthorized: true
  readonly ca?: string
}

/**
 * The certificate is verified, set here, so that `NODE_TLS_REJECT_UNAUTHORIZED` in the environment changes nothing. With a
 * file, only certificates of that authority are accepted; otherwise those of Node's own list.
 */
export async function verified(caFile: string | null): Promise<Verified> {
  if (caFile === null) return { rejectUnauthorized: true }
  const ca = await readFile(caFile, 'utf8').catch((cause: unknown) => {
    throw new ChaosError(
      'request-invalid',
      `The authority's certificate ${caFile} ${fileTrouble(cause)}. Give its file with --ca-file.`,
      { cause },
    )
  })
  return { rejectUnauthorized: true, ca }
}
