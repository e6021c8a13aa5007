import { ChaosError, HostId } from '@chaos-lite/shared'
import { HostView } from '@chaos-lite/shared/api'
import { type Api, allOf } from './api.ts'

type State = HostView['state']

/** The id of the host that people name. @throws ChaosError `not-found`, also when several have this name */
export async function hostIdOf(api: Api, host: string): Promise<string> {
  if (HostId.safeParse(host).success) return host
  return only(host, await named(api, host)).hostId
}

/**
 * The host that people name, or whose id they give. Of several with one name, those are meant that are in one of these
 * states, the first state first: whoever approves means the one that waits. @throws ChaosError `not-found`
 */
export async function findHost(api: Api, host: string, states: readonly State[]): Promise<HostView> {
  if (HostId.safeParse(host).success) return api.get(`/hosts/${host}`, HostView)
  const all = await named(api, host)
  for (const state of states) {
    const those = all.filter((one) => one.state === state)
    if (those.length > 0) return only(host, those)
  }
  if (all.length > 0 && all.every(({ state }) => state === 'revoked'))
    throw new ChaosError('wrong-state', `The host ${host} was revoked before. Enrol it again with a new token.`)
  return only(host, all)
}

async function named(api: Api, name: string): Promise<readonly HostView[]> {
  return (await allOf(api, `/hosts?text=${encodeURIComponent(name)}`, HostView)).filter((host) => host.name === name)
}

function only(name: string, hosts: readonly HostView[]): HostView {
  const [first] = hosts
  if (first !== undefined && hosts.length === 1) return first
  const ids = hosts.map(({ hostId }) => hostId).join(', ')
  throw new ChaosError(
    'not-found',
    first === undefined
      ? `There is no host ${name}.`
      : `${hosts.length} hosts are called ${name}: give one id of ${ids}.`,
  )
}
