import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { defineAction, type EffectProbe } from '../action.ts'
import { outcomeOf, quoted } from '../outcome.ts'
import { ServiceName } from '../params.ts'
import { explainStop, PLACE } from './explain.ts'
import { lateFile, noteLate } from './late.ts'
import { readUnits } from './read.ts'
import { isStillDown, serviceStanding, startAgain } from './revert-services.ts'
import { ServiceUndo, startOrder, stopOrder } from './service-undo.ts'
import { servicesList } from './services-list.ts'
import { words } from './words.en.ts'

const Params = z.strictObject({ service: ServiceName.describe('A service of this host, such as nginx') })

/** Asking the manager takes time too. */
const askingMs = 5000

/**
 * Stops a service with the sockets and timers that would start it again. What depends on it stops too, and is started
 * again.
 */
export const serviceStop = defineAction({
  name: 'service.stop',
  words: underCodes(PLACE, words),
  summary: 'Stops a service of this host, and starts it again.',
  needs: ['services'],
  params: Params,
  undo: { 1: ServiceUndo },
  overRestart: 'as set up',
  says: '{service|a service} stopped',
  policy: { lists: [servicesList] },
  touches: ({ service }) => [`service:${unitName(service)}`],
  asks: ({ service }) => [{ kind: 'service', value: service }],
  prepare: ({ host }, { service }) => {
    if (unitName(service).endsWith('.service')) return readUnits(host, service)
    return Promise.reject(
      new ChaosError('param-invalid', `${service} is no service; sockets and timers are stopped with theirs.`),
    )
  },
  explain: (_, undo) => explainStop(undo),
  effect: (_, { seen }): EffectProbe | null => {
    if (seen.by === 'tcp') return { probe: 'tcp', params: { host: seen.host, port: seen.port }, expect: 'down' }
    return seen.by === 'process' ? { probe: 'process', params: { name: seen.name }, expect: 'down' } : null
  },
  budgets: (undo) => ({
    injectMs: stopOrder(undo).reduce((sum, { stopMs }) => sum + stopMs, askingMs),
    // One that hangs when it is stopped must end first.
    revertMs: undo.units.reduce(
      (sum, { startMs }) => sum + startMs,
      Math.max(...undo.units.map(({ stopMs }) => stopMs)) + 2 * askingMs,
    ),
  }),
  inject: async ({ host, signal, recordFolder }, _, undo) => {
    const bounds = {
      units: undo.units.map(({ name }) => name),
      note: (others: readonly string[]) => noteLate(recordFolder, others),
    }
    for (const { name, stopMs } of stopOrder(undo)) {
      signal.throwIfAborted()
      await host.services.stop(name, stopMs, signal, bounds)
    }
  },
  units: ({ units }) => units.map(({ name }) => name),
  verify: (context, undo) => serviceStanding(context, undo),
  stillInPlace: ({ host }, undo) => isStillDown(host, undo),
  revert: async (context, undo) => {
    const { compared, kept } = await startAgain(context, undo)
    return outcomeOf(compared, kept)
  },
  byHand: (undo, recordFolder) => [
    `systemctl start ${startOrder(undo)
      .map(({ name }) => quoted(name))
      .join(' ')}`,
    `If there is such a file, start what it names as well: cat ${quoted(join(recordFolder, lateFile))}`,
    `systemctl status ${undo.units.map(({ name }) => quoted(name)).join(' ')}`,
  ],
})

/** One name for one thing, so that `nginx` and `nginx.service` are never drilled side by side. */
function unitName(service: string): string {
  return /\.(?:service|socket|timer|path|target|mount|automount|swap|slice|scope|device)$/.test(service)
    ? service
    : `${service}.service`
}
