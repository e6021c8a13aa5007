import { ChaosError } from '@chaos-lite/shared'
import { maxFileBytes } from '../../host/index.ts'
import { defineAction, type EffectProbe } from '../action.ts'
import { explainFile, fileByHand, fileLasts, fileStanding, injectFile, prepareFile, revertFile } from './by-file.ts'
import { explainSettings, injectSettings, prepareSettings, settingsByHand } from './by-settings.ts'
import { ownerOf } from './owner.ts'
import { ResolverParams, refuseWithoutEffect } from './params.ts'
import { ResolverUndo } from './resolver-undo.ts'
import { say, texts } from './say.ts'
import { revertSettings } from './settings-back.ts'
import { settingsLast, settingsStanding } from './settings-standing.ts'

const resolvConf = '/etc/resolv.conf'
/** Longer than any name server that answers at all. */
const patienceMs = 3_000

/** By which means is decided by who writes `/etc/resolv.conf`: a person, systemd-resolved or NetworkManager. */
export const resolverSwitch = defineAction({
  name: 'resolver.switch',
  words: texts,
  summary:
    'Lets this host ask other name servers: by a marked block in its resolv.conf, or by settings of systemd-resolved or NetworkManager that no boot outlives.',
  needs: ['files', 'resolver'],
  params: ResolverParams,
  undo: { 1: ResolverUndo },
  bootPhase: 'early',
  overRestart: 'as set up',
  touches: () => [`file:${resolvConf}`],
  asks: ({ servers, name }) => [
    ...servers.map((value) => ({ kind: 'address' as const, value })),
    { kind: 'lookup', value: name, look: true },
  ],
  prepare: async (context, params): Promise<ResolverUndo> => {
    const { files } = context.host
    if (!(await files.exists(resolvConf))) throw new ChaosError('not-there', `${resolvConf} does not exist here.`)
    const path = await files.resolve(resolvConf)
    const before = await files.read(path, maxFileBytes)
    const owner = ownerOf(path, before)
    await refuseWithoutEffect(context, params)
    if (owner === 'person') return prepareFile(context, params, before)
    return prepareSettings(context, params, owner, { path, bytes: before })
  },
  explain: ({ name, expectAddress }, undo) => [
    ...(undo.by === 'file' ? explainFile(undo) : explainSettings(undo)),
    expectAddress === undefined ? say('fails', { name }) : say('leads', { name, address: expectAddress }),
  ],
  effect: ({ name, expectAddress }): EffectProbe =>
    expectAddress === undefined
      ? { probe: 'dns', params: { name, withinMs: patienceMs }, expect: 'down' }
      : { probe: 'dns', params: { name, expectAddress, withinMs: patienceMs }, expect: 'up' },
  budgets: ({ by }) =>
    by === 'file' ? { injectMs: 10_000, revertMs: 15_000 } : { injectMs: 45_000, revertMs: 60_000 },
  inject: (context, _, undo) => (undo.by === 'file' ? injectFile(context, undo) : injectSettings(context, undo)),
  verify: (context, undo) => (undo.by === 'file' ? fileStanding(context, undo) : settingsStanding(context, undo)),
  stillInPlace: (context, undo) => (undo.by === 'file' ? fileLasts(context, undo) : settingsLast(context, undo)),
  revert: (context, undo) => (undo.by === 'file' ? revertFile(context, undo) : revertSettings(context, undo)),
  byHand: (undo, recordFolder) => (undo.by === 'file' ? fileByHand(undo, recordFolder) : settingsByHand(undo)),
})
