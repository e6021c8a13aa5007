import { ChaosError } from '@chaos-lite/shared'
import type { Message } from '@chaos-lite/shared/words'
import { imageStanding, maxFileBytes, prepareImage, swapBack, swapIn } from '../../host/index.ts'
import type { ActionContext, Reverted, Standing } from '../action.ts'
import { outcomeOf, quoted, touchCommand } from '../outcome.ts'
import { canonical, type ResolverParams } from './params.ts'
import type { FileUndo } from './resolver-undo.ts'
import { say } from './say.ts'
import { serversOf, withoutServers, withServers } from './servers.ts'

/** A marked block in a `resolv.conf` that a person wrote. `before` are its bytes. */
export async function prepareFile(
  { host, recordId, recordFolder }: ActionContext,
  params: ResolverParams,
  before: Buffer,
): Promise<FileUndo> {
  if (before.includes(recordId)) throw new ChaosError('wrong-state', 'resolv.conf carries this record already.')
  const servers = params.servers.map(canonical)
  const change = (bytes: Buffer) => withServers(bytes, recordId, servers)
  const record = { folder: recordFolder, tag: recordId }
  const image = await prepareImage(host.files, '/etc/resolv.conf', record, 'resolv.conf', change)
  const known = serversOf(before).map((each) => each.slice(0, 64))
  return { by: 'file', image, servers, before: known.slice(0, 32), marker: `chaos-lite ${recordId}` }
}

/** What people read where /etc/resolv.conf itself names the servers. */
export function explainFile({ image, before, servers }: FileUndo): readonly Message[] {
  return [
    say.about('asks', { servers }, { before: before.length === 0 ? 'the server on the host itself' : before }),
    say('byFile', { path: image.path }),
    say('rename'),
    say('fileRollback'),
  ]
}

/** Writes the new servers above the others (resolv.conf(5) takes three) and empties resolver caches. */
export async function injectFile({ host, recordId }: ActionContext, { image, servers }: FileUndo): Promise<void> {
  await swapIn(host.files, image, (bytes) => withServers(bytes, recordId, servers), recordId)
  await host.resolver.flush()
}

/** Judged by the bytes of the file, not by what resolves. */
export function fileStanding({ host }: ActionContext, { image }: FileUndo): Promise<Standing> {
  return imageStanding(host.files, image)
}

/** Ours must come first: a program asks the first one, and the next only when that is silent. */
export async function fileLasts({ host, recordId }: ActionContext, { image, servers }: FileUndo): Promise<boolean> {
  const bytes = await host.files.read(image.path, maxFileBytes).catch(() => null)
  return bytes?.includes(recordId) === true && serversOf(bytes)[0] === servers[0]
}

/** Takes out our block only, where others have edited the file meanwhile, and empties resolver caches again. */
export async function revertFile(
  { host, recordId, recordFolder }: ActionContext,
  { image, servers }: FileUndo,
): Promise<Reverted> {
  const withoutOurs = (bytes: Buffer) => withoutServers(bytes, recordId, servers)
  const back = await swapBack({ files: host.files, image, tag: recordId, recordFolder, withoutOurs })
  await host.resolver.flush()
  return outcomeOf(back.compared, back.kept)
}

/** What to type when the agent cannot roll the file back. */
export function fileByHand({ image, marker }: FileUndo, recordFolder: string): readonly string[] {
  return [
    `If ${image.path} was not edited since: mv ${quoted(image.keptPath)} ${quoted(image.path)} && ${touchCommand(image.folderPath, image.folderMtimeNs)}`,
    `If it was: delete the block marked "${marker}", and take "# ${marker} hides: " away from the lines that begin with it.`,
    `The original bytes are also in ${quoted(`${recordFolder}/${image.copy}`)}.`,
  ]
}
