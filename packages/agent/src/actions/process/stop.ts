import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import type { Host } from '../../host/index.ts'
import { defineAction } from '../action.ts'
import { outcomeOf, quoted } from '../outcome.ts'
import { ProcessName, ServiceName } from '../params.ts'
import { lateFile } from './late.ts'
import { type Meant, mostProcesses, ProcessUndo } from './process-undo.ts'
import { processesList } from './processes-list.ts'
import { readProcesses } from './read.ts'
import { hangsStill, letGoOn, processStanding, suspend } from './revert-processes.ts'
import { words } from './words.en.ts'

const PLACE = 'action.process.stop'
const say = saying(PLACE, words)

const Params = z.strictObject({
  name: ProcessName.optional().describe('Every process of this name, as ps shows it; or name a service'),
  service: ServiceName.optional().describe('Every process of this service'),
})
type Params = z.infer<typeof Params>

/**
 * Sends SIGSTOP, and SIGCONT to roll back (signal(7)): a hang, which a supervisor without a watchdog does not notice.
 */
export const processStop = defineAction({
  name: 'process.stop',
  words: underCodes(PLACE, words),
  summary: 'Suspends the processes of a name or of a service, as if they hung, and lets them go on.',
  needs: ['processes'],
  params: Params,
  undo: { 1: ProcessUndo },
  bootPhase: 'early',
  overRestart: 'ends',
  policy: { lists: [processesList] },
  touches: ({ name, service }) => [
    ...(name === undefined ? [] : [`process:${name}`]),
    ...(service === undefined
      ? []
      : [`service:${/\.(?:service|scope)$/.test(service) ? service : `${service}.service`}`]),
  ],
  asks: ({ name, service }) => [
    ...(name === undefined ? [] : [{ kind: 'process' as const, value: name }]),
    ...(service === undefined ? [] : [{ kind: 'service' as const, value: service }]),
  ],
  prepare: async ({ host }, params) => readProcesses(host, await meantBy(host, params)),
  explain: (_, { meant }) => [
    say('suspended', {
      by: meant.by,
      what: meant.by === 'name' ? meant.name : meant.unit,
      most: mostProcesses,
    }),
    say('others'),
    say('rollback'),
  ],
  effect: (_, { seenAs }) => (seenAs === null ? null : { probe: 'process', params: { name: seenAs }, expect: 'down' }),
  budgets: () => ({ injectMs: 30_000, revertMs: 15_000 }),
  inject: (context, _, undo) => suspend(context, undo),
  verify: (context, undo) => processStanding(context, undo),
  stillInPlace: (context, undo) => hangsStill(context, undo),
  revert: async (context, undo) => {
    const { compared, kept } = await letGoOn(context, undo)
    return outcomeOf(compared, kept)
  },
  byHand: ({ processes }, recordFolder) => [
    `ps -o pid,stat,lstart,comm -p ${processes.map(({ pid }) => pid).join(',')}`,
    `For each that is the one named here and whose STAT begins with T: kill -CONT PID (${processes.map(({ pid, name }) => `${pid} ${name}`).join(', ')})`,
    `If there is such a file, the same for what it calls "added": cat ${quoted(join(recordFolder, lateFile))}`,
  ],
})

async function meantBy(host: Host, { name, service }: Params): Promise<Meant> {
  if (name !== undefined && service === undefined) return { by: 'name', name }
  if (name !== undefined || service === undefined) {
    throw new ChaosError('param-invalid', 'Name either a process or a service, not both and not none.')
  }
  const unit = await host.services.state(service)
  if (unit.loadState === 'not-found') throw new ChaosError('not-there', `There is no service ${service} on this host.`)
  return { by: 'service', unit: unit.name }
}
