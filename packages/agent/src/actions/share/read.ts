import { ChaosError } from '@chaos-lite/shared'
import type { Host } from '../../host/index.ts'
import { isOverNetwork, type Mount, mountOf } from '../../host/index.ts'
import type { ActionContext } from '../action.ts'
import { refuseLastAdministrator } from '../last-administrator.ts'
import { refuseProtectedTree } from '../protected-places.ts'
import type { ShareUndo } from './share-undo.ts'

/**
 * Reads a share and how it was ordered.
 * @throws ChaosError where it is none, is in use, or could not be mounted again exactly
 */
export async function readShare(context: ActionContext, point: string): Promise<ShareUndo> {
  const { host } = context
  const mounts = await host.mounts.list()
  const mount = onlyMount(mounts, point)
  if (!isOverNetwork(mount)) {
    throw new ChaosError('param-invalid', `${point} is ${mount.kind} on ${mount.source}: no share of another machine.`)
  }
  refuseOwn(context, mounts, mount)
  const users = await host.mounts.users(point)
  if (users.length > 0) {
    const names = users.map(({ name, pid }) => `${name} (${pid})`).join(', ')
    throw new ChaosError('wrong-state', `${point} is in use by ${names}: it is never taken away by force.`)
  }
  await refuseProtectedTree(host, point)
  await refuseLastAdministrator(context, [{ kind: 'path', path: point }])
  const bound = await host.services.boundToMount(point)
  if (bound.length > 0) {
    const why = `the service manager would stop ${bound.join(', ')} with it (BindsTo=), and would not start it again`
    throw new ChaosError('cannot-restore', `${point} cannot be disconnected: ${why}.`)
  }
  const { device: _, ...stored } = mount
  return { mount: { ...stored, superOptions: lasting(mount.superOptions) }, order: await orderOf(host, mount) }
}

/** Ports and numbers that are new with each connection are no part of what must be as before. */
export function lasting(superOptions: string): string {
  return superOptions
    .split(',')
    .filter((option) => !/^(?:mountport|port|clientaddr|rsize|wsize)=/.test(option))
    .join(',')
}

function onlyMount(mounts: readonly Mount[], point: string): Mount {
  const at = mounts.filter((mount) => mount.point === point)
  const [mount] = at
  if (mount === undefined) throw new ChaosError('not-there', `Nothing is mounted at ${point}.`)
  if (at.some(({ kind }) => kind === 'autofs')) {
    throw new ChaosError(
      'cannot-restore',
      `${point} is mounted on demand: it would come back with the first look at it.`,
    )
  }
  if (at.length > 1) throw new ChaosError('cannot-restore', `${at.length} file systems are mounted at ${point}.`)
  const below = mounts.find((each) => each.point.startsWith(`${point}/`))
  if (below)
    throw new ChaosError('cannot-restore', `${below.point} is mounted below ${point}: take that one off first.`)
  if (mount.root === '/' || mount.kind.startsWith('nfs')) return mount
  throw new ChaosError('cannot-restore', `${point} shows only ${mount.root} of its file system (a bind mount).`)
}

/** What rolls the host back must not go with it. */
function refuseOwn({ host, recordFolder }: ActionContext, mounts: readonly Mount[], { point }: Mount): void {
  const own = [...host.own.paths, recordFolder, process.execPath].find((path) => mountOf(mounts, path)?.point === point)
  if (own === undefined) return
  throw new ChaosError('policy-refused', `${own} of the agent lies on ${point}. No policy can allow it.`, {
    rule: 'built-in: the agent itself',
  })
}

/** A password, or the name of a file with one, is not shown by the kernel: only the table of the host has it. */
async function orderOf(host: Host, { point, source, kind }: Mount): Promise<ShareUndo['order']> {
  const orders = (await host.mounts.orders()).filter((order) => order.point === point)
  const order = orders.find((each) => each.source === source || each.kind === kind)
  if (order && orders.length === 1) return order
  const why = `${point} does not stand in /etc/fstab: the options it was mounted with could not be given again`
  throw new ChaosError('cannot-restore', `${why}. Nothing was touched.`)
}
