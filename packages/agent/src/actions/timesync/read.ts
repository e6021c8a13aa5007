import { ChaosError } from '@chaos-lite/shared'
import type { Host, UnitState } from '../../host/index.ts'
import { readUnits } from '../service/read.ts'
import type { ServiceUndo } from '../service/service-undo.ts'

/** What may keep the time of a Linux host, by the names that distributions give it. */
export const timeServices = [
  ...['chrony.service', 'chronyd.service', 'systemd-timesyncd.service', 'ntpsec.service', 'ntp.service'],
  ...['ntpd.service', 'openntpd.service'],
] as const

/** The one that runs, and all that hangs on it. Throws where none runs, or where another one would go on. */
export async function readTimeService(host: Host): Promise<ServiceUndo> {
  const states = await Promise.all(timeServices.map((name) => host.services.state(name)))
  // Some names are aliases: a unit is known by its own.
  const running = new Map<string, UnitState>()
  for (const state of states) if (state.activeState === 'active') running.set(state.name, state)
  const names = [...running.keys()]
  const [only] = names
  if (only === undefined) {
    const asked = timeServices.map((name) => name.replace('.service', '')).join(', ')
    throw new ChaosError('not-there', `No time service that Chaos Lite knows runs on this host (${asked}).`)
  }
  if (names.length > 1) {
    const both = names.join(' and ')
    throw new ChaosError('wrong-state', `${both} run at once: with one of them stopped the other would go on.`)
  }
  // The core of the system is protected; the time service alone may be stopped, and only by this action.
  return readUnits(host, only, [only])
}
