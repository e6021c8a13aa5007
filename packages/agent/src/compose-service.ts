import type { LocalDefinitions } from './definitions/index.ts'
import { offersOf } from './doctor/index.ts'
import { hardwareReader } from './inventory/index.ts'
import { activatedSocket, innerDoor, socketDoor } from './link/index.ts'
import type { LiveAgent } from './live-agent.ts'
import type { Log } from './log.ts'
import { actions, exercises, menuOf, probes } from './menu.ts'
import type { Paths } from './paths.ts'
import type { HostPolicy } from './policy-file/index.ts'
import type { Apart } from './probes/index.ts'
import { ownEffects, startService } from './session/index.ts'
import type { Layout, Service } from './world.ts'

/** What the command has opened already; the service opens the rest. */
export interface ServiceParts {
  readonly paths: Paths
  readonly layout: Layout
  readonly agent: LiveAgent
  policy(): Promise<HostPolicy>
  readonly local: LocalDefinitions
  readonly apart: Apart
  readonly log: Log
}

/** The side that speaks with the controller: session and link, under the identity on disk. Called after recovery. */
export async function composeService({
  paths,
  layout,
  agent,
  policy,
  local,
  apart,
  log,
}: ServiceParts): Promise<Service> {
  const { host, engine, outbox } = agent
  const offers = async () => offersOf({ actions, probes, exercises }, await host.abilities(), await policy())
  const door = layout === 'socket' ? socketDoor(activatedSocket()) : innerDoor({ clock: host.clock, log })
  const rests = layout === 'socket' ? {} : undefined
  const hardware = hardwareReader({ monoMs: () => host.clock.monoMs(), warn: (message) => log('warn', message) })
  return startService({
    ...{ paths, host, engine, outbox, local, apart, effects: ownEffects(paths.effects) },
    ...{ exercises, menu: menuOf(), policy, offers, hardware, log, door, rests },
  })
}
