import { ChaosError } from '@chaos-lite/shared'
import { isLoopback } from '@chaos-lite/shared/address'
import type { Interface } from '../../host/index.ts'
import type { ActionContext } from '../action.ts'
import { surroundingsOf } from '../guards/surroundings.ts'

/**
 * What no policy opens: the link to the controller, the host's own loopback, and the last way into the host. And what
 * could not be rolled back alone: a part of a bridge or bond, and what others stand on.
 * @throws ChaosError
 */
export async function refuseUnfit(
  { host }: ActionContext,
  name: string,
  links: readonly { readonly address: string }[],
): Promise<void> {
  const all = await host.network.list()
  const found = all.find((each) => each.name === name)
  if (found === undefined) throw new ChaosError('not-there', `There is no network interface ${name} on this host.`)
  if (found.loopback) throw refusal('loopback', `${name} is how the host talks to itself.`)
  for (const { address } of links) {
    if ((await host.network.wayTo(address)) !== name) continue
    throw refusal('the link to the controller', `${name} carries the link to the controller (${address}).`)
  }
  if (!all.some((each) => each !== found && isWayIn(each))) {
    throw refusal('the last way in', `${name} is the only interface of this host that can be reached from outside.`)
  }
  await refuseSession({ host }, found)
  if (!found.up) throw new ChaosError('wrong-state', `${name} is switched off already: nothing would fail.`)
  if (found.master !== null) {
    throw new ChaosError('cannot-restore', `${name} belongs to ${found.master}: take that one, or unplug its cable.`)
  }
  const above = all.find(({ on }) => on === name)
  if (above === undefined) return
  throw new ChaosError('cannot-restore', `${above.name} stands on ${name} and would fall with it: take that one.`)
}

/** Somebody who works on this host now stays connected; so does the only address on which SSH can be reached. */
async function refuseSession({ host }: Pick<ActionContext, 'host'>, { name, bare }: Interface): Promise<void> {
  const { sessions, sockets, sshPids } = await surroundingsOf(host)
  for (const { rule, who, socket } of sessions) {
    const { address } = socket.remote
    if (!bare.includes(socket.local.address) && (await host.network.wayTo(address)) !== name) continue
    throw refusal(rule, `${name} carries the connection of somebody at ${address} (${who}).`)
  }
  const listening = sockets.filter(({ pid, remote }) => remote === null && sshPids.has(pid))
  const reachable = listening.filter(({ local }) => !isLoopback(local.address))
  if (reachable.length === 0 || !reachable.every(({ local }) => bare.includes(local.address))) return
  throw refusal('SSH', `SSH listens on no address besides those of ${name} (${reachable[0]?.local.address}).`)
}

function isWayIn({ up, loopback, addresses }: Interface): boolean {
  return up && !loopback && addresses.length > 0
}

function refusal(rule: string, message: string): ChaosError {
  return new ChaosError('policy-refused', `${message} No policy can allow it.`, { rule: `built-in: ${rule}` })
}
