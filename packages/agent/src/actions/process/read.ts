import { ChaosError } from '@chaos-lite/shared'
import type { Host, ProcessView } from '../../host/index.ts'
import { refuseProtectedProcess } from '../../protected/index.ts'
import { refuseProcessesByFacts } from '../guards/refuse.ts'
import {
  isMeant,
  type Meant,
  mostProcesses,
  nameOf,
  oldestFirst,
  type ProcessUndo,
  type Suspended,
} from './process-undo.ts'

/** What would be suspended. Throws where a process of them could not go on as before, or must not be touched. */
export async function readProcesses(host: Host, meant: Meant): Promise<ProcessUndo> {
  const views = await host.processes.views()
  const met = views.filter((view) => isMeant(meant, view) && view.state !== 'ended')
  const fit = fitOf(met, meant)
  await refuseProcessesByFacts(host, met)
  if (met.length === 0) throw new ChaosError('not-there', `No process of ${nameOf(meant)} runs on this host.`)
  if (fit.length === 0) {
    throw new ChaosError('wrong-state', `Every process of ${nameOf(meant)} is suspended already: nothing would fail.`)
  }
  return { meant, bootId: host.clock.bootId, processes: fit, seenAs: seenAs(fit, views) }
}

/** Those to suspend, parents first. Ones that somebody suspended before are theirs, and stay as they are. */
export function fitOf(met: readonly ProcessView[], meant: Meant): Suspended[] {
  for (const view of met) refuseUnfit(view)
  const fit = met.filter(({ state }) => state === 'runs')
  if (fit.length > mostProcesses) {
    const count = `${nameOf(meant)} has ${fit.length} processes`
    throw new ChaosError('cannot-restore', `${count}; at most ${mostProcesses} are suspended at once.`)
  }
  return oldestFirst(fit).map(({ pid, startTicks, name }) => ({ pid, startTicks, name }))
}

function refuseUnfit(view: ProcessView): void {
  refuseProtectedProcess(view)
  const who = `Process ${view.pid} (${view.name})`
  if (view.state === 'traced') throw new ChaosError('cannot-restore', `${who} is held by a debugger.`)
  // A shell notices that its job was suspended, takes the terminal back, and keeps it when the job goes on.
  if (view.terminal)
    throw new ChaosError('cannot-restore', `${who} belongs to somebody's terminal, which would change.`)
}

function seenAs(fit: readonly Suspended[], views: readonly ProcessView[]): string | null {
  const isAlone = (name: string) => {
    const running = views.filter((view) => view.name === name && view.state === 'runs')
    return running.every(({ pid }) => fit.some((each) => each.pid === pid))
  }
  return fit.map(({ name }) => name).find(isAlone) ?? null
}
