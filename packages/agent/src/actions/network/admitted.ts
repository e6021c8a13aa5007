import { isIP } from 'node:net'
import { ChaosError } from '@chaos-lite/shared'
import { isOverNetwork, mountOf } from '../../host/mounts.ts'
import { rangeOf, textOf } from '../../host/ranges.ts'
import type { Wall } from '../../host/wall.ts'
import type { ActionContext } from '../action.ts'

const lookupMs = 5_000
const serverNames = ['sshd', 'dropbear']
const usualSshPort = 22

/** What stays open whatever is blocked: the way to the controller, and this host's own SSH server. */
export async function admittedOn(context: ActionContext): Promise<Wall['admit']> {
  return { links: await linksOf(context), sshPorts: await sshPorts(context) }
}

/** Every address that the controller's name has now; sorted, because the order of an answer means nothing. */
export async function linksOf({ host, signal }: ActionContext): Promise<Wall['admit']['links']> {
  const found = new Map<string, { address: string; port: number }>()
  for (const { host: name, port } of host.own.links ?? []) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(lookupMs)])
    const addresses = isIP(name) === 0 ? await host.resolver.lookup(name, limit).catch(() => []) : [name]
    if (addresses.length === 0) {
      const why = `The controller's name ${name} cannot be resolved now: the link to it could not be kept open.`
      throw new ChaosError('cannot-restore', `${why} Nothing was touched.`)
    }
    for (const each of addresses) {
      const range = rangeOf(each.replace(/%.*$/, ''))
      if (range) found.set(`${textOf(range)} ${port}`, { address: textOf(range), port })
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, link]) => link)
}

/** The usual port even where no server is seen: one that is started by its socket runs only while it is used. */
async function sshPorts({ host }: ActionContext): Promise<number[]> {
  const ports = new Set([usualSshPort])
  for (const name of serverNames) {
    for (const { pid } of await host.processes.byName(name)) {
      for (const { port } of await host.processes.listening(pid)) ports.add(port)
    }
  }
  return [...ports].sort((a, b) => a - b)
}

/**
 * What puts the host back must not lie behind the network that is taken away: a read of it would wait for ever.
 * @throws ChaosError `cannot-restore`
 */
export async function refuseAgentOnShare({ host, recordFolder }: ActionContext): Promise<void> {
  const mounts = await host.mounts.list()
  for (const path of [...host.own.paths, recordFolder, process.execPath]) {
    const mount = mountOf(mounts, path)
    if (mount === null || !isOverNetwork(mount)) continue
    const why = `${path} lies on ${mount.source} (${mount.kind}), which is reached over the network`
    throw new ChaosError('cannot-restore', `${why}: without it nothing could be put back. Nothing was touched.`)
  }
}

/** One sentence for the plan. Names, not addresses: those of a controller behind several may come in another order. */
export function admittedSentence(
  links: readonly { readonly host: string; readonly port: number }[],
  sshPorts: readonly number[],
): string {
  const controller = links.map(({ host, port }) => `${host} port ${port}`).join(' and ')
  const ssh = `SSH to this host (port ${sshPorts.join(', ')})`
  const always = `traffic within this host, ${ssh}, DHCP, and neighbour discovery`
  return `Always let through: ${controller === '' ? '' : `the controller (${controller}), `}${always}.`
}
