import { ChaosError, line } from '@chaos-lite/shared'
import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { FileImage, imageStanding, maxFileBytes, prepareImage, swapBack, swapIn } from '../../host/index.ts'
import { refuseProtectedName } from '../../protected/index.ts'
import { type ActionContext, defineAction } from '../action.ts'
import { generatorOf } from '../generators/index.ts'
import { placeOf } from '../generators/places.ts'
import { refusalOf } from '../generators/refuse.ts'
import { outcomeOf, quoted, touchCommand } from '../outcome.ts'
import { HostName, IpAddress } from '../params.ts'
import { linesNaming, withOverride, withoutOverride } from './block.ts'
import { words } from './words.en.ts'

const PLACE = 'action.hosts.override'
const say = saying(PLACE, words)

const Entry = z.strictObject({ name: HostName, address: IpAddress })
const Params = z.strictObject({
  entries: z.array(Entry).min(1).max(64).describe('Names, and the address each shall lead to'),
})
type Params = z.infer<typeof Params>

const Undo = z.strictObject({
  image: FileImage,
  hidden: z.int().min(0).describe('Lines of the original that carry one of the names'),
  marker: line(64).describe('In every line that we write'),
})

const lookupMs = 3000

/**
 * Entries in a marked block before the others; lines that name the same hosts become comments, as the first one found
 * wins (hosts(5)).
 */
export const hostsOverride = defineAction({
  name: 'hosts.override',
  words: underCodes(PLACE, words),
  summary:
    'Makes names lead to other addresses on this host, as after a failover, by a marked block in the hosts file.',
  needs: ['files', 'resolver'],
  params: Params,
  undo: { 1: Undo },
  bootPhase: 'early',
  overRestart: 'stays',
  says: '{entries.0.name|a name} redirected',
  touches: () => ['file:/etc/hosts'],
  asks: ({ entries }) =>
    entries.flatMap(({ name, address }) => [
      { kind: 'name' as const, value: name },
      { kind: 'address' as const, value: address },
    ]),
  prepare: async (context, { entries }) => {
    const { host, recordId, recordFolder } = context
    refuseTwice(entries)
    for (const { name } of entries) refuseProtectedName(host, name)
    if (!(await host.files.exists(host.resolver.hostsFile))) {
      throw new ChaosError('not-there', `${host.resolver.hostsFile} does not exist on this host.`)
    }
    const before = await host.files.read(host.resolver.hostsFile, maxFileBytes)
    await refuseGenerated(context, before)
    if (before.includes(recordId)) throw new ChaosError('wrong-state', 'The hosts file carries this record already.')
    await refuseWithoutEffect(context, entries)
    const record = { folder: recordFolder, tag: recordId }
    const change = (bytes: Buffer) => withOverride(bytes, recordId, entries)
    const image = await prepareImage(host.files, host.resolver.hostsFile, record, 'hosts', change)
    return { image, hidden: linesNaming(before, entries), marker: `chaos-lite ${recordId}` }
  },
  explain: ({ entries }, { image, hidden }) => [
    ...entries.map(({ name, address }) => say('leads', { name, address })),
    say('block', { path: image.path }),
    ...(hidden === 0 ? [] : [say('hidden', { lines: hidden })]),
    say('rename'),
    say('rollback'),
  ],
  // The consumer's path: what getaddrinfo gives a program first.
  effect: ({ entries: [first] }) =>
    first ? { probe: 'dns', params: { name: first.name, expectAddress: first.address }, expect: 'up' } : null,
  budgets: () => ({ injectMs: 10_000, revertMs: 15_000 }),
  inject: async ({ host, recordId }, { entries }, { image }) => {
    await swapIn(host.files, image, (bytes) => withOverride(bytes, recordId, entries), recordId)
    await host.resolver.flush()
  },
  verify: ({ host }, { image }) => imageStanding(host.files, image),
  stillInPlace: async ({ host, recordId }, { image }) => {
    if (!(await host.files.exists(image.path))) return false
    return withoutOverride(await host.files.read(image.path, 2 * maxFileBytes), recordId) !== null
  },
  revert: async ({ host, recordId, recordFolder }, { image }) => {
    const withoutOurs = (bytes: Buffer) => withoutOverride(bytes, recordId)
    const back = await swapBack({ files: host.files, image, tag: recordId, recordFolder, withoutOurs })
    await host.resolver.flush()
    return outcomeOf(back.compared, back.kept)
  },
  byHand: ({ image, marker }, recordFolder) => [
    `If ${image.path} was not edited since: mv ${quoted(image.keptPath)} ${quoted(image.path)} && ${touchCommand(image.folderPath, image.folderMtimeNs)}`,
    `If it was: delete the lines that carry "${marker}", and take "# ${marker} hides: " away from the lines that begin with it.`,
    `The original bytes are also in ${quoted(`${recordFolder}/${image.copy}`)}.`,
  ],
})

/** What a program writes again and again would be its to change, and not ours to roll back. */
async function refuseGenerated({ host }: ActionContext, before: Buffer): Promise<void> {
  const { hostsFile } = host.resolver
  const generator = generatorOf(before)
  if (generator !== null) throw refusalOf(hostsFile, generator)
  const real = await host.files.resolve(hostsFile)
  const place = placeOf(real)
  if (place === null) return
  const why = `${hostsFile} is a link to ${real}, which is written by ${place.name}`
  throw new ChaosError('cannot-restore', `${why}. Replace the link by a file of this host first. Nothing was changed.`)
}

function refuseTwice(entries: Params['entries']): void {
  const names = entries.map(({ name }) => name.toLowerCase())
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new ChaosError('param-invalid', `${twice} is given two addresses; one name leads to one address.`)
}

/** A name that leads there already would prove an effect that never was. */
async function refuseWithoutEffect({ host, signal }: ActionContext, [first]: Params['entries']): Promise<void> {
  if (!first) return
  const limit = AbortSignal.any([signal, AbortSignal.timeout(lookupMs)])
  const now = await host.resolver.lookup(first.name, limit).catch(() => [])
  if (now[0] !== first.address) return
  throw new ChaosError('wrong-state', `${first.name} leads to ${first.address} already: nothing would change.`)
}
