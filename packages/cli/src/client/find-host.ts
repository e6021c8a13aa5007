import { ChaosError, HostId } from '@chaos-lite/shared'
import { HostView } from '@chaos-lite/shared/api'
import { type Api, allOf } from './api.ts'
import { absent } from './did-you-mean.ts'

type State = HostView['state']

/** The id of the host that people name. @throws ChaosError `not-found`, also when several have this name */
export async function hostIdOf(api: Api, host: string): Promise<string> {
  if (HostId.safeParse(host).success) return host
  return (await only(api, host, await named(api, host))).hostId
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
    if (those.length > 0) return only(api, host, those)
  }
  if (all.length > 0 && all.every(({ state }) => state === 'revoked'))
    throw new ChaosError('wrong-state', `The host ${host} was revoked before. Enrol it again with a new token.`)
  return only(api, host, all)
}

const SEE = '; see: chaos-lite hosts'

/** The names of the hosts that could be meant; none where they cannot be had. */
function namesOf(api: Api): Promise<string[]> {
  return allOf(api, '/hosts', HostView).then(
    (all) => all.filter(({ state }) => state !== 'revoked').map(({ name }) => name),
    () => [],
  )
}

async function named(api: Api, name: string): Promise<readonly HostView[]> {
  return (await allOf(api, `/hosts?text=${encodeURIComponent(name)}`, HostView)).filter((host) => host.name === name)
}

async function only(api: Api, name: string, hosts: readonly HostView[]): Promise<HostView> {
  const [first] = hosts
  if (first !== undefined && hosts.length === 1) return first
  if (first === undefined) throw new ChaosError('not-found', absent('host', name, await namesOf(api), SEE))
  const ids = hosts.map(({ hostId }) => hostId).join(', ')
  throw new ChaosError('not-found', `${hosts.length} hosts are called ${name}: give one id of ${ids}.`)
}

/** Other hosts of this name that wait for approval. */
export async function waitingBeside(api: Api, { hostId, name }: HostView): Promise<readonly HostView[]> {
  return (await named(api, name)).filter((one) => one.state === 'pending' && one.hostId !== hostId)
}
