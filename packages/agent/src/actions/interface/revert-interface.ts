import type { Compared } from '@chaos-lite/shared'
import type { Host, InterfaceImage } from '../../host/index.ts'
import { item, printable } from '../../host/index.ts'
import { lookUntil } from '../../wait/index.ts'
import type { ActionContext, Standing } from '../action.ts'

/** The program that manages the network gets this long to set what it sets; then we do. */
const managerMs = 4_000
/** IPv6 tries each address for a moment before it is used, and an answer of DHCP takes a while. */
const settleMs = 20_000
const lookEveryMs = 200

/** The very interface that was taken down; null where it is gone, or another one took its name. */
async function same({ network, clock }: Host, { name, index, bootId }: InterfaceImage) {
  const found = (await network.list()).find((each) => each.name === name)
  if (found === undefined) return null
  return clock.bootId !== bootId || found.index === index ? found : null
}

/** Conflict: the interface is gone, is another one of the same name, or came up without what it had. */
export async function interfaceStanding(host: Host, image: InterfaceImage): Promise<Standing> {
  const found = await same(host, image)
  if (found === null) return 'conflict'
  if (!found.up) return 'after'
  const { missing, more } = await difference(host, image)
  return missing.length + more.length === 0 ? 'before' : 'conflict'
}

/** Switches on again what is off, and sets what is missing. Idempotent; what others set or removed stays. */
export async function bringBack(
  { host, signal }: ActionContext,
  image: InterfaceImage,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const { network } = host
  const restarted = host.clock.bootId !== image.bootId
  // A start finds its hardware one after the other.
  const found = await thereWithin(host, image, restarted ? settleMs : 0, signal)
  if (found === null) {
    const gone = item(`interface ${image.name}`, 'there', 'gone, or another one of that name')
    return { compared: [gone], kept: [`${image.name} was taken out of this host or made anew by somebody else.`] }
  }
  const kept: string[] = []
  // IPv4 addresses outlast being switched off: one that is missing now was taken away by a person or a program.
  const removed = image.addresses.filter((row) => row.startsWith('inet ') && !found.addresses.includes(row))
  if (found.up && !restarted) kept.push(`${image.name} had been switched on by somebody else, or was never off.`)
  if (!found.up) await network.bringUp(image.name)
  const asBefore = await settled(host, image, restarted ? settleMs : managerMs, signal)
  if (!asBefore && !restarted) {
    await network.setAgain(image)
    await settled(host, image, settleMs, signal)
  }
  const { missing, more } = await difference(host, image)
  if (restarted && missing.length + more.length > 0) {
    // What a start does not bring was lost with the restart, not by us.
    kept.push(`The host was restarted meanwhile: ${image.name} has what that start gave it.`)
    return { compared: await comparedNow(host, image), kept }
  }
  if (removed.length > 0)
    kept.push(printable(`Somebody else took from ${image.name}, and it was left so: ${removed.join(', ')}`))
  if (more.length > 0)
    kept.push(printable(`Somebody else gave ${image.name} more, and it was left there: ${more.join(', ')}`))
  // What is missing without anybody's doing is no conflict: it must come out as unknown, not as theirs.
  const lost = missing.some((row) => !removed.includes(row)) && removed.length + more.length === 0
  return { compared: await comparedNow(host, image), kept: lost ? [] : kept }
}

async function comparedNow(host: Host, image: InterfaceImage): Promise<readonly Compared[]> {
  const { addresses, routes } = await host.network.now(image.name)
  const up = (await same(host, image))?.up === true
  return [
    item(`${image.name} state`, 'up', up ? 'up' : 'down'),
    item(`${image.name} addresses`, image.addresses.join('; ') || 'none', addresses.join('; ') || 'none'),
    item(`${image.name} routes`, image.routes.join(' ') || 'none', routes.join(' ') || 'none'),
  ]
}

function thereWithin(host: Host, image: InterfaceImage, withinMs: number, signal: AbortSignal) {
  return lookUntil(
    () => same(host, image),
    (found) => found !== null,
    { everyMs: lookEveryMs, withinMs, monoMs: () => host.clock.monoMs(), signal },
  )
}

/** Until nothing is missing, or the time is over. */
async function settled(host: Host, image: InterfaceImage, withinMs: number, signal: AbortSignal): Promise<boolean> {
  const { missing } = await lookUntil(
    () => difference(host, image),
    (found) => found.missing.length === 0,
    { everyMs: lookEveryMs, withinMs, monoMs: () => host.clock.monoMs(), signal },
  )
  return missing.length === 0
}

async function difference({ network }: Host, image: InterfaceImage) {
  const { addresses, routes } = await network.now(image.name)
  const before = [...image.addresses, ...image.routes]
  const now = [...addresses, ...routes]
  return { missing: before.filter((row) => !now.includes(row)), more: now.filter((row) => !before.includes(row)) }
}
