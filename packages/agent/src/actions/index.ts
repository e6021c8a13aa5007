import { accountDisable } from './account/disable.ts'
import type { Action } from './action.ts'
import { certificateReplace } from './certificate/replace.ts'
import { diskFill } from './disk/fill.ts'
import { hostRestart } from './host/restart.ts'
import { hostsOverride } from './hosts/override.ts'

import { interfaceDown } from './interface/down.ts'

import { cpuLoad } from './load/cpu.ts'
import { ioLoad } from './load/io.ts'
import { memoryFill } from './load/memory.ts'

import { membershipRevoke } from './membership/revoke.ts'
import { networkBlock } from './network/block.ts'
import { dnsBlock } from './network/dns-block.ts'
import { permissionRevoke } from './permission/revoke.ts'
import { processStop } from './process/stop.ts'
import { dataQuarantine } from './quarantine/folder.ts'
import { resolverSwitch } from './resolver/switch.ts'
import { serviceStop } from './service/stop.ts'
import { shareDisconnect } from './share/disconnect.ts'
import { timesyncStop } from './timesync/stop.ts'

/** Every failure that this agent knows. A new one is one file and one line here. */
export const actions: readonly Action[] = [
  hostsOverride,
  serviceStop,
  processStop,
  permissionRevoke,
  membershipRevoke,
  accountDisable,
  dataQuarantine,
  hostRestart,
  diskFill,
  cpuLoad,
  memoryFill,
  ioLoad,
  timesyncStop,
  networkBlock,
  dnsBlock,
  resolverSwitch,
  interfaceDown,
  shareDisconnect,
  certificateReplace,
]

/** An action by its name, or undefined. */
export function findAction(name: string): Action | undefined {
  return actions.find((action) => action.name === name)
}
export type { Action, ActionContext, EffectProbe, Reverted, Standing } from './action.ts'
export { undoOf, undoVersionOf, writtenUndo } from './undo-versions.ts'
