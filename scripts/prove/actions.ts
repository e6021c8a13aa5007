import { accountDisable, membershipRevoke } from './actions/accounts.ts'
import { dataQuarantine, diskFill, hostsOverride, permissionRevoke } from './actions/files.ts'
import { hostRestart, shareDisconnect } from './actions/hosts.ts'
import { dnsBlock, interfaceDown, networkBlock, resolverSwitch } from './actions/network.ts'
import { cpuLoad, ioLoad, memoryFill, processStop, serviceStop, timesyncStop } from './actions/programs.ts'
import type { Proved } from './proved.ts'

export const proved: readonly Proved[] = [
  hostsOverride,
  serviceStop,
  permissionRevoke,
  membershipRevoke,
  accountDisable,
  dataQuarantine,
  networkBlock,
  dnsBlock,
  resolverSwitch,
  interfaceDown,
  diskFill,
  ioLoad,
  cpuLoad,
  memoryFill,
  processStop,
  timesyncStop,
  shareDisconnect,
  hostRestart,
]

/** The entry of an action. @throws Error when it has none */
export function provedNamed(action: string): Proved {
  const found = proved.find((one) => one.action === action)
  if (found) return found
  throw new Error(`There is no proof of "${action}". There is one of: ${proved.map((one) => one.action).join(', ')}.`)
}
