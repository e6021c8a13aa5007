import { ChaosError, type Compared } from '@chaos-lite/shared'
import { isAway, item, type SwapBack, swapAllBack } from '../../host/index.ts'
import type { ActionContext, Reverted } from '../action.ts'
import { outcomeOf } from '../outcome.ts'
import type { CertificateUndo, SwappedFile } from './certificate-undo.ts'
import { withoutMade } from './made-files.ts'
import { readAgain } from './read-again.ts'
import { leadsTo, pairNow } from './standing.ts'

/** The files first, whoever changed them meanwhile; then the service reads them, whatever they hold now. */
export async function revertPair(context: ActionContext, undo: CertificateUndo): Promise<Reverted> {
  await refuseAway(context, undo)
  const adopted = await isAdopted(context, undo)
  const backs = await Promise.all(undo.files.map((file) => backOf(context, file, adopted)))
  const back = await swapAllBack(backs)
  const names = await linksNow(context, undo)
  const kept = adopted ? [...back.kept, adoptedText(undo)] : back.kept
  const service = await readAgain(context, undo)
  return outcomeOf(
    [...back.compared, ...names.compared, ...service.compared],
    [...kept, ...names.kept, ...service.kept],
  )
}

async function refuseAway({ host: { files } }: ActionContext, undo: CertificateUndo): Promise<void> {
  for (const { image } of undo.files) {
    if (!(await isAway(files, image.path, image.before))) continue
    const text = `The file system that holds ${image.path} is not mounted now: mount it, then roll it back.`
    throw new ChaosError('cannot-restore', text)
  }
}

/** Is there a new certificate for the key that we made? Then that key belongs to somebody else's pair. */
async function isAdopted(context: ActionContext, undo: CertificateUndo): Promise<boolean> {
  const { certificate, certifiedKey } = await pairNow(context, undo)
  return certifiedKey === undo.made.key && certificate !== undo.made.certificate
}

async function backOf(
  { host, recordId, recordFolder }: ActionContext,
  file: SwappedFile,
  adopted: boolean,
): Promise<SwapBack> {
  const holds = adopted ? file.holds.filter((part) => part !== 'key') : file.holds
  const ours = await withoutMade(recordFolder, recordId, { ...file, holds })
  const back = { files: host.files, image: file.image, tag: recordId, recordFolder, withoutOurs: ours }
  // Where the name leads elsewhere by now, nobody uses this file any more: the original comes back to it.
  const inUse = (await leadsTo(host.files, file.given)) === file.image.path
  return { ...back, leave: adopted && inUse && holds.length === 0 }
}

function adoptedText({ files }: CertificateUndo): string {
  const key = files.find(({ holds }) => holds.includes('key'))?.given ?? ''
  return `Somebody renewed the certificate for the key that the drill had made: ${key} was kept, because it belongs to the new certificate. Renew it once more with a key of your own.`
}

/** A renewal lets a link lead to a new file. */
async function linksNow({ host: { files } }: ActionContext, undo: CertificateUndo) {
  const compared: Compared[] = []
  const kept: string[] = []
  for (const { given, image } of undo.files) {
    if (given === image.path) continue
    const now = (await leadsTo(files, given)) ?? 'nowhere'
    compared.push(item(`${given} leads to`, image.path, now))
    if (now === image.path) continue
    kept.push(`${given} leads to ${now} now, by a change of somebody else (a renewal?): that was kept.`)
  }
  return { compared, kept }
}
