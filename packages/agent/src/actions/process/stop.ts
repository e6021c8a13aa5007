import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import * as z from 'zod'
import type { Host } from '../../host/index.ts'
import { defineAction } from '../action.ts'
import { outcomeOf, quoted } from '../outcome.ts'
import { ProcessName, ServiceName } from '../params.ts'
import { lateFile } from './late.ts'
import { type Meant, mostProcesses, nameOf, ProcessUndo } from './process-undo.ts'
import { processesList } from './processes-list.ts'
import { readProcesses } from './read.ts'
import { hangsStill, letGoOn, processStanding, suspend } from './revert-processes.ts'

const Params = z.strictObject({
  name: ProcessName.optional().describe('Every process of this name, as ps shows it; or name a service'),
  service: ServiceName.optional().describe('Every process of this service'),
})
type Params = z.infer<typeof Params>

export const processStop = defineAction({
  name: 'process.stop',
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
    `Every process of ${nameOf(meant)} is suspended (SIGSTOP), at most ${mostProcesses}: it keeps its memory, files and connections, and answers nobody.`,
    'Nothing is ended. Others that wait for them may run into time-outs of their own; a watchdog of the service may end them.',
    'Put back: each is told to go on (SIGCONT), by its number and start time, so that no other process is ever touched. What somebody ended, let go on or started meanwhile is left as it is.',
  ],
  effect: (_, { seenAs }) => (seenAs === null ? null : { probe: 'process', params: { name: seenAs }, expect: 'down' }),
  budgets: () => ({ injectMs: 30_000, revertMs: 15_000 }),
  inject: (context, _, undo) => suspend(context, undo),
  verify: (context, undo) => processStanding(context, undo),
  lasts: (context, undo) => hangsStill(context, undo),
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
