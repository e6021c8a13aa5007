import { imageStanding, isAway, maxFileBytes } from '../../host/index.ts'
import type { ActionContext, Standing } from '../action.ts'
import type { CertificateUndo, SwappedFile } from './certificate-undo.ts'
import { certificateIn, fingerprintOf, keyDigestIn, keyDigestOf } from './pair.ts'

type FilesOf = Pick<ActionContext, 'host'>

/** `half way`: each file as we left it or as before, because we died in between. */
export async function pairStanding(context: FilesOf, { files }: CertificateUndo): Promise<Standing | 'half way'> {
  const all = await Promise.all(files.map((file) => fileStanding(context, file)))
  if (all.includes('unclear')) return 'unclear'
  if (all.includes('conflict')) return 'conflict'
  if (all.every((one) => one === 'before')) return 'before'
  return all.includes('before') ? 'half way' : 'after'
}

/** A name that leads to another file by now was given that by somebody else. */
async function fileStanding({ host: { files } }: FilesOf, { given, image }: SwappedFile): Promise<Standing> {
  if (await isAway(files, image.path, image.before)) return 'unclear'
  return (await leadsTo(files, given)) === image.path ? imageStanding(files, image) : 'conflict'
}

/** Where a name leads now; null where it leads nowhere. */
export function leadsTo(files: FilesOf['host']['files'], given: string): Promise<string | null> {
  return files.resolve(given).catch(() => null)
}

/** What a service would read now, whatever else others changed: is it still our pair? */
export async function isStillOurs(context: FilesOf, undo: CertificateUndo): Promise<boolean> {
  const now = await pairNow(context, undo)
  return now.certificate === undo.made.certificate && now.key === undo.made.key
}

/** The digests of what stands in the files by their names now, and of the key that the certificate is for. */
export async function pairNow({ host: { files } }: FilesOf, undo: CertificateUndo) {
  const bytes = async (part: 'certificate' | 'key') => {
    const given = undo.files.find(({ holds }) => holds.includes(part))?.given ?? ''
    const path = await leadsTo(files, given)
    return path && files.read(path, maxFileBytes).catch(() => null)
  }
  const [certificateFile, keyFile] = await Promise.all([bytes('certificate'), bytes('key')])
  const certificate = certificateFile && certificateIn(certificateFile)
  return {
    certificate: certificate && fingerprintOf(certificate),
    certifiedKey: certificate && keyDigestOf(certificate.publicKey),
    key: keyFile && keyDigestIn(keyFile),
  }
}
