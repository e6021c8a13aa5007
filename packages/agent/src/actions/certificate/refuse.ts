import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { ChaosError } from '@chaos-lite/shared'
import type { Host, UnitState } from '../../host/index.ts'
import { refusal } from '../../protected/index.ts'
import { refuseProtectedUnits } from '../guards/refuse.ts'
import { surroundingsOf } from '../guards/surroundings.ts'
import { refuseProtectedPlace } from '../protected-places.ts'

/** @throws ChaosError where the service does not run, is protected, or could not be reloaded */
export async function refuseUnfitService(host: Host, asked: string, state: UnitState): Promise<void> {
  const { name, loadState, activeState, canReload } = state
  if (loadState === 'not-found') throw new ChaosError('not-there', `There is no service ${asked} on this host.`)
  if (activeState !== 'active') {
    throw new ChaosError('wrong-state', `${name} does not run now (${activeState}): it would present nothing.`)
  }
  await refuseProtectedUnits(host, [name])
  if (!canReload) {
    throw new ChaosError(
      'cannot-restore',
      `${name} offers no reload (ExecReload=): only a restart, which interrupts it, would let it read a certificate again.`,
    )
  }
  // What cannot be started again as it is now could not be reloaded either, also when the original is back.
  const [obstacle] = await host.services.obstacles(name)
  if (obstacle !== undefined) throw new ChaosError('cannot-restore', `${obstacle} Nothing was changed.`)
}

/** The file that a name leads to. @throws ChaosError where it is protected, or others than root could lead it elsewhere */
export async function realFileOf({ files, ...host }: Host, given: string): Promise<string> {
  if (!(await files.exists(given))) throw new ChaosError('not-there', `${given} does not exist on this host.`)
  const path = await files.resolve(given)
  await refuseProtectedPlace({ files, ...host }, path)
  const parent = path === given ? null : await files.changeableParent(given)
  if (parent === null) return path
  throw new ChaosError(
    'cannot-restore',
    `${given} is a link below ${parent}, where others than root may let it lead elsewhere: name ${path}.`,
  )
}

/** A certificate by which the agent itself knows its controller, where that runs on this host. @throws ChaosError `policy-refused` */
export async function refuseControllers(host: Host, certificate: X509Certificate): Promise<void> {
  const links = host.own.links ?? []
  if (links.length === 0) return
  const { linkPorts } = await surroundingsOf(host)
  const met = links.find(
    ({ host: name, port }) =>
      linkPorts.has(port) && (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined,
  )
  if (met === undefined) return
  throw refusal(
    'the link to the controller',
    `The certificate is valid for ${met.host}, by which the agent reaches the controller on this host.`,
  )
}

const dayMs = 86_400_000

/** @throws ChaosError `wrong-state` where it is not valid now */
export function refuseInvalid(certificate: X509Certificate, path: string, nowMs: number): void {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
  if (nowMs > to) {
    const days = Math.floor((nowMs - to) / dayMs)
    throw new ChaosError(
      'wrong-state',
      `The certificate in ${path} expired ${days} days ago: nothing would change. Renew it first.`,
    )
  }
  if (nowMs >= from) return
  throw new ChaosError('wrong-state', `The certificate in ${path} is not valid yet: nothing would change.`)
}
