import type { ActionContext } from '../../../src/actions/action.ts'
import type { LoadOrder, Loads } from '../../../src/host/host.ts'
import { simulatedLoads } from '../../../src/host/simulated/loads.ts'
import { stage } from '../support.ts'

export const MiB = 1024 * 1024

/** A host on which loads are only remembered, with any of its answers replaced. */
export async function loadStage(answers: Partial<Loads> = {}) {
  const scene = await stage({ 'srv/data/order.txt': 'one' })
  const loads = simulatedLoads()
  const files = {
    ...scene.host.files,
    space: async () => ({ freeBytes: 2000 * MiB, totalBytes: 4000 * MiB, onDisk: 'ext4' }),
  }
  const host = { ...scene.host, files, loads: { ...loads, ...answers } }
  const context: ActionContext = { ...scene.context, host }
  const orders = (): readonly LoadOrder[] => loads.orders
  return { ...scene, host, context, orders }
}
