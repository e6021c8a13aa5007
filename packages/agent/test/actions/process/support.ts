import type { ActionContext } from '../../../src/actions/action.ts'
import type { ProcessView } from '../../../src/host/host.ts'
import { linuxProcesses } from '../../../src/host/linux/processes.ts'
import type { SimulatedHostOptions } from '../../../src/host/simulated/index.ts'
import { stage } from '../support.ts'

/** A simulated host with the real processes of this machine, each seen through `as`. */
export async function amongProcesses(
  options: Omit<SimulatedHostOptions, 'root'> = {},
  as: (view: ProcessView) => ProcessView = (view) => view,
): Promise<ActionContext> {
  const { host, context } = await stage({}, options)
  const processes = { ...linuxProcesses, views: async () => (await linuxProcesses.views()).map(as) }
  return { ...context, host: { ...host, processes } }
}
