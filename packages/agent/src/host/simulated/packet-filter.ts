import { ChaosError } from '@chaos-lite/shared'
import type { PacketFilter, Wall, WallStanding } from '../wall.ts'

/** A packet filter in memory: it holds tables and drops nothing. */
export interface SimulatedPacketFilter extends PacketFilter {
  /** What stands now, by name. */
  readonly walls: ReadonlyMap<string, Wall>
  /** Takes everything away, as `nft flush ruleset` does. */
  flush(): void
  /** Somebody else changes a wall of ours, or puts something into it. */
  meddle(name: string, foreign: readonly string[]): void
  /** The kernel's own limit has passed. */
  expire(): void
}

/** Walls in memory: nothing is stopped. */
export function simulatedPacketFilter(): SimulatedPacketFilter {
  const walls = new Map<string, Wall>()
  const standings = new Map<string, WallStanding>()
  const absent: WallStanding = { state: 'absent', stops: false, foreign: [] }
  return {
    walls,
    flush: () => {
      walls.clear()
      standings.clear()
    },
    meddle: (name, foreign) => void standings.set(name, { state: 'changed', stops: foreign.length > 0, foreign }),
    expire: () => {
      for (const name of walls.keys()) standings.set(name, { state: 'lifted', stops: false, foreign: [] })
    },
    standing: async ({ name }) => standings.get(name) ?? absent,
    raise: async (wall) => {
      if (standings.has(wall.name)) throw new ChaosError('tool-failed', `${wall.name} exists already.`)
      walls.set(wall.name, wall)
      standings.set(wall.name, { state: 'whole', stops: true, foreign: [] })
    },
    lower: async ({ name }) => {
      walls.delete(name)
      const foreign = standings.get(name)?.foreign ?? []
      if (foreign.length === 0) standings.delete(name)
      else standings.set(name, { state: 'changed', stops: false, foreign })
    },
  }
}
