import { isIP } from 'node:net'
import { ChaosError } from '@chaos-lite/shared'
import { rangeOf, textOf } from '@chaos-lite/shared/address'
import type { FilterTable } from '../../host/index.ts'
import { isOverNetwork, mountOf } from '../../host/index.ts'
import type { ActionContext } from '../action.ts'
import { type Surroundings, surroundingsOf } from '../guards/surroundings.ts'

const lookupMs = 5_000
/** More ports are not admitted; a host with more ways in than this is not one to block. */
const mostPorts = 32

/** What stays open whatever is blocked: the way to the controller, and every way by which people come in now. */
export async function admittedOn(context: ActionContext): Promise<FilterTable['admit']> {
  const around = await surroundingsOf(context.host)
  const links = [...(await linksOf(context)), ...linksNow(around)]
  const unique = new Map(links.map((link) => [`${link.address} ${link.port}`, link]))
  const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, link]) => link)
  return { links: sorted, ...waysIn(around) }
}

/** Every address that the controller's name has now; sorted, because the order of an answer means nothing. */
export async function linksOf({ host, signal }: ActionContext): Promise<FilterTable['admit']['links']> {
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

/** Where the agent is connected now, which may be another address than the controller's name has by now. */
function linksNow({ host, views, sockets }: Surroundings): FilterTable['admit']['links'] {
  const agents = new Set(views.filter(({ agent }) => agent === true).map(({ pid }) => pid))
  const ports = new Set((host.own.links ?? []).map(({ port }) => port))
  return sockets.flatMap(({ pid, remote }) => {
    const range = remote !== null && agents.has(pid) && ports.has(remote.port) ? rangeOf(remote.address) : null
    return range !== null && remote !== null ? [{ address: textOf(range), port: remote.port }] : []
  })
}

/** Where SSH listens, whoever holds the port; apart from that, because it changes, where somebody is connected now. */
function waysIn({ sshPorts, sessions }: Surroundings): Pick<FilterTable['admit'], 'sshPorts' | 'sessionPorts'> {
  const ports = [...sshPorts.keys()].sort((a, b) => a - b)
  const used = new Set(sessions.map(({ socket }) => socket.local.port).filter((port) => !sshPorts.has(port)))
  if (Math.max(ports.length, used.size) > mostPorts) {
    const why = `People come in by ${ports.length + used.size} ports, more than can be kept open`
    throw new ChaosError('cannot-restore', `${why}. Nothing was touched.`)
  }
  return { sshPorts: ports, ...(used.size === 0 ? {} : { sessionPorts: [...used].sort((a, b) => a - b) }) }
}

/**
 * What rolls the host back must not lie behind the network that is taken away: a read of it would wait for ever.
 * @throws ChaosError `cannot-restore`
 */
export async function refuseAgentOnShare({ host, recordFolder }: ActionContext): Promise<void> {
  const mounts = await host.mounts.list()
  for (const path of [...host.own.paths, recordFolder, process.execPath]) {
    const mount = mountOf(mounts, path)
    if (mount === null || !isOverNetwork(mount)) continue
    const why = `${path} lies on ${mount.source} (${mount.kind}), which is reached over the network`
    throw new ChaosError('cannot-restore', `${why}: without it nothing could be rolled back. Nothing was touched.`)
  }
}
