import { ChaosError, line } from '@chaos-lite/shared'
import * as z from 'zod'
import { FileImage } from '../../host/image.ts'
import { rangeOf, textOf } from '../../host/ranges.ts'
import { maxFileBytes, prepareImage, standingOf, swapBack, swapIn } from '../../host/swap/index.ts'
import { type ActionContext, defineAction, type EffectProbe } from '../action.ts'
import { outcomeOf, quoted, touchCommand } from '../outcome.ts'
import { HostName, IpAddress } from '../params.ts'
import { refuseOthersFile } from './owner.ts'
import { serversOf, withoutServers, withServers } from './servers.ts'

const Params = z.strictObject({
  servers: z.array(IpAddress).min(1).max(3).describe('The name servers that this host asks meanwhile'),
  name: HostName.describe('A name that resolves now, and shows the change'),
  expectAddress: IpAddress.optional().describe(
    'The address it then leads to; unless told it does not resolve any more',
  ),
})
type Params = z.infer<typeof Params>

/** Before and after: one file. Other ways (a resolver that keeps its settings elsewhere) get a `by` of their own. */
const Undo = z.strictObject({
  by: z.literal('file'),
  image: FileImage,
  /** Canonical, as they stand in our block. */
  servers: z.array(line(45)).min(1).max(3),
  before: z.array(line(64)).max(32),
  marker: line(64),
})

const resolvConf = '/etc/resolv.conf'
const lookupMs = 3_000
/** Longer than any name server that answers at all. */
const patienceMs = 3_000

export const resolverSwitch = defineAction({
  name: 'resolver.switch',
  summary: 'Lets this host ask other name servers, by a marked block in its resolv.conf, and puts the file back.',
  needs: ['files', 'resolver'],
  params: Params,
  undo: Undo,
  undoVersion: 1,
  bootPhase: 'early',
  touches: () => [`file:${resolvConf}`],
  asks: ({ servers }) => servers.map((value) => ({ kind: 'address' as const, value })),
  prepare: async (context, params) => {
    const { host, recordId, recordFolder } = context
    if (!(await host.files.exists(resolvConf))) throw new ChaosError('not-there', `${resolvConf} does not exist here.`)
    const path = await host.files.resolve(resolvConf)
    const before = await host.files.read(path, maxFileBytes)
    refuseOthersFile(path, before)
    if (before.includes(recordId)) throw new ChaosError('wrong-state', `${path} carries this record already.`)
    await refuseWithoutEffect(context, params)
    const servers = params.servers.map(canonical)
    const change = (bytes: Buffer) => withServers(bytes, recordId, servers)
    const record = { folder: recordFolder, tag: recordId }
    const image = await prepareImage(host.files, resolvConf, record, 'resolv.conf', change)
    const known = serversOf(before).map((each) => each.slice(0, 64))
    return { by: 'file', image, servers, before: known.slice(0, 32), marker: `chaos-lite ${recordId}` }
  },
  explain: ({ name, expectAddress }, { image, servers, before }) => [
    `This host asks ${servers.join(', ')} for names, no longer ${before.join(', ') || 'the server on the host itself'}.`,
    expectAddress === undefined ? `${name} does not resolve any more.` : `${name} leads to ${expectAddress}.`,
    `${image.path} gets a marked block; its own name servers are hidden behind a marked comment. Programs that read the file only when they start go on as before.`,
    'The file is replaced by one atomic rename; mode, owner, ACL and attributes stay. Resolver caches are emptied.',
    'Put back: the original file itself takes its place again. If somebody else changed it, only the marked lines go.',
  ],
  effect: ({ name, expectAddress }): EffectProbe =>
    expectAddress === undefined
      ? { probe: 'dns', params: { name, withinMs: patienceMs }, expect: 'down' }
      : { probe: 'dns', params: { name, expectAddress, withinMs: patienceMs }, expect: 'up' },
  budgets: () => ({ injectMs: 10_000, revertMs: 15_000 }),
  inject: async ({ host, recordId }, _, { image, servers }) => {
    await swapIn(host.files, image, (bytes) => withServers(bytes, recordId, servers), recordId)
    await host.resolver.flush()
  },
  verify: ({ host }, { image }) => standingOf(host.files, image),
  lasts: async ({ host, recordId }, { image, servers }) => {
    const bytes = await host.files.read(image.path, maxFileBytes).catch(() => null)
    // Ours must come first: a program asks the first one, and the next only when that is silent.
    return bytes?.includes(recordId) === true && serversOf(bytes)[0] === servers[0]
  },
  revert: async ({ host, recordId, recordFolder }, { image, servers }) => {
    const withoutOurs = (bytes: Buffer) => withoutServers(bytes, recordId, servers)
    const back = await swapBack({ files: host.files, image, tag: recordId, recordFolder, withoutOurs })
    await host.resolver.flush()
    return outcomeOf(back.compared, back.kept)
  },
  byHand: ({ image, marker }, recordFolder) => [
    `If ${image.path} was not edited since: mv ${quoted(image.keptPath)} ${quoted(image.path)} && ${touchCommand(image.folderPath, image.folderMtimeNs)}`,
    `If it was: delete the block marked "${marker}", and take "# ${marker} hides: " away from the lines that begin with it.`,
    `The original bytes are also in ${quoted(`${recordFolder}/${image.copy}`)}.`,
  ],
})

function canonical(address: string): string {
  const range = rangeOf(address)
  return range === null ? address : textOf(range)
}

/** A name that does not resolve shows no loss, and one that leads there already shows no change. */
async function refuseWithoutEffect({ host, signal }: ActionContext, { name, expectAddress }: Params): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(lookupMs)])
  const [first] = await host.resolver.lookup(name, limit).catch(() => [])
  if (expectAddress === undefined && first === undefined) {
    throw new ChaosError('wrong-state', `${name} does not resolve on this host now: its loss would not be seen.`)
  }
  if (expectAddress !== undefined && first !== undefined && canonical(first) === canonical(expectAddress)) {
    throw new ChaosError('wrong-state', `${name} leads to ${expectAddress} already: nothing would change.`)
  }
}
