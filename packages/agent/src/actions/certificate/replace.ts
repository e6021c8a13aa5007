import { ChaosError } from '@chaos-lite/shared'
import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { maxFileBytes, swapIn } from '../../host/index.ts'
import { unitName } from '../../policy/index.ts'
import { type ActionContext, defineAction, type EffectProbe } from '../action.ts'
import { quoted, touchCommand } from '../outcome.ts'
import { PlainPath, ServiceName } from '../params.ts'
import { CertificateUndo } from './certificate-undo.ts'
import { readMade } from './made-files.ts'
import { readPair } from './pair.ts'
import { describe, makePair, type Place, prepareFiles } from './prepare-pair.ts'
import { reload, settleMs } from './read-again.ts'
import { realFileOf, refuseControllers, refuseInvalid, refuseUnfitService } from './refuse.ts'
import { revertPair } from './revert-pair.ts'
import { seenAt } from './seen-at.ts'
import { isStillOurs, pairStanding } from './standing.ts'
import { words } from './words.en.ts'

const PLACE = 'action.certificate.replace'
const say = saying(PLACE, words)

const Params = z.strictObject({
  service: ServiceName.describe('A service of this host that offers a reload, such as nginx'),
  certificate: PlainPath.describe('The PEM file from which the service reads its certificate'),
  key: PlainPath.describe('The PEM file with its private key; may be the same file'),
})

/** Asking the manager takes time too. */
const askingMs = 5_000
/** A reload reads a configuration; one that takes longer hangs for a drill. */
const longestReloadMs = 60_000
const longestStartMs = 300_000
const filesMs = 15_000

/** Certificate and key of a service give way to an expired certificate of the same names; the service reloads them. */
export const certificateReplace = defineAction({
  name: 'certificate.replace',
  words: underCodes(PLACE, words),
  summary: 'Lets a service present an expired certificate with the same names, and the original again.',
  needs: ['files', 'services'],
  params: Params,
  undo: { 1: CertificateUndo },
  bootPhase: 'early',
  overRestart: 'stays',
  says: '{service|a service} presented an expired certificate',
  touches: ({ service, certificate, key }) => [
    ...new Set([`file:${certificate}`, `file:${key}`]),
    `service:${unitName(service)}`,
  ],
  asks: ({ service, certificate, key }) => [
    { kind: 'service', value: service },
    ...[...new Set([certificate, key])].map((value) => ({ kind: 'file' as const, value })),
  ],
  prepare: async (context, params) => {
    const { host, signal } = context
    const { service } = params
    if (!unitName(service).endsWith('.service')) {
      throw new ChaosError('param-invalid', `${service} is no service: name the one that reads the certificate.`)
    }
    const state = await host.services.state(service)
    await refuseUnfitService(host, service, state)
    const places = {
      certificate: await readPlace(context, params.certificate),
      key: await readPlace(context, params.key),
    }
    const pair = readPair(places.certificate, places.key)
    refuseInvalid(pair.certificate, places.certificate.path, host.clock.wallMs())
    await refuseControllers(host, pair.certificate)
    const { certificate } = pair
    const seen = await seenAt(host, state, { certificate, path: places.certificate.path }, signal)
    const { texts, made } = await makePair(context, pair)
    return {
      ...{ service: state.name, manager: host.services.manager, bootId: host.clock.bootId, seen, made },
      files: await prepareFiles(context, places, texts),
      ...{ before: describe(pair), keyKind: pair.kind.text },
      reloadMs: Math.min(state.startTimeoutMs + askingMs, longestReloadMs),
      startMs: Math.min(state.startTimeoutMs + askingMs, longestStartMs),
    }
  },
  explain: ({ certificate, key }, { service, manager, before, keyKind, files, seen }) => [
    say('replaced', { service, subject: before.subject }),
    say('signed', { kind: keyKind }),
    files.length === 1 ? say('together', { file: certificate }) : say('apart', { certificate, key }),
    ...files
      .filter(({ given, image }) => given !== image.path)
      .map(({ given, image }) => say('link', { given, path: image.path })),
    say('marked'),
    say('rename'),
    say('reload', { service, manager }),
    say('readers'),
    ...(seen === null ? [] : [say('seen', { address: seen.host, port: String(seen.port) })]),
    say('rollback', { service }),
  ],
  // What a client is shown in a new connection, not what the files hold.
  effect: (_, { seen }): EffectProbe | null => {
    if (seen === null) return null
    const { host, port, serverName } = seen
    const name = serverName === null ? {} : { serverName }
    return { probe: 'tls', params: { host, port, ...name, expired: true }, expect: 'up' }
  },
  budgets: ({ reloadMs, startMs }) => ({
    injectMs: filesMs + reloadMs,
    revertMs: filesMs + 2 * settleMs + Math.max(reloadMs, startMs) + askingMs,
  }),
  inject: async (context, _, undo) => {
    const { host, signal, recordFolder, recordId } = context
    for (const { image } of undo.files) {
      signal.throwIfAborted()
      const made = await readMade(recordFolder, image)
      await swapIn(host.files, image, () => made, recordId)
    }
    await reload(context, undo)
  },
  units: ({ service }) => [service],
  verify: async (context, undo) => {
    const standing = await pairStanding(context, undo)
    return standing === 'half way' ? 'conflict' : standing
  },
  halfWay: async (context, undo) => (await pairStanding(context, undo)) === 'half way',
  stillInPlace: (context, undo) => isStillOurs(context, undo),
  revert: (context, undo) => revertPair(context, undo),
  byHand: ({ service, files }, recordFolder) => [
    ...files.map(
      ({ image: { path, keptPath } }) =>
        `If ${path} still has a line with "chaos-lite" in it: mv ${quoted(keptPath)} ${quoted(path)}`,
    ),
    ...files.map(({ image: { folderPath, folderMtimeNs } }) => touchCommand(folderPath, folderMtimeNs)),
    `Then: systemctl reload ${quoted(service)}`,
    `If the certificate or the key was renewed since, keep it, and remove ${files.map(({ image }) => quoted(image.keptPath)).join(' and ')}.`,
    `The original bytes are also in ${quoted(recordFolder)}, which only root can read.`,
  ],
})

/** A file that is to be swapped, with what it holds now. */
async function readPlace({ host }: ActionContext, given: string): Promise<Place> {
  const path = await realFileOf(host, given)
  return { given, path, bytes: await host.files.read(path, maxFileBytes) }
}
