import { ChaosError } from '@chaos-lite/shared'
import type { FilterStanding, FilterTable, PacketFilter } from '../packet-filter.ts'

/** A packet filter in memory: it holds tables and drops nothing. */
export interface SimulatedPacketFilter extends PacketFilter {
  /** What stands now, by name. */
  readonly tables: ReadonlyMap<string, FilterTable>
  /** Takes everything away, as `nft flush ruleset` does. */
  flush(): void
  /** Somebody else changes a table of ours, or puts something into it. */
  meddle(name: string, foreign: readonly string[]): void
  /** The kernel's own limit has passed. */
  expire(): void
}

/** Tables in memory: nothing is stopped. */
export function simulatedPacketFilter(): SimulatedPacketFilter {
  const tables = new Map<string, FilterTable>()
  const standings = new Map<string, FilterStanding>()
  const absent: FilterStanding = { state: 'absent', stops: false, foreign: [] }
  return {
    tables,
    flush: () => {
      tables.clear()
      standings.clear()
    },
    meddle: (name, foreign) => void standings.set(name, { state: 'changed', stops: foreign.length > 0, foreign }),
    expire: () => {
      for (const name of tables.keys()) standings.set(name, { state: 'lifted', stops: false, foreign: [] })
    },
    standing: async ({ name }) => standings.get(name) ?? absent,
    add: async (table) => {
      if (standings.has(table.name)) throw new ChaosError('tool-failed', `${table.name} exists already.`)
      tables.set(table.name, table)
      standings.set(table.name, { state: 'whole', stops: true, foreign: [] })
    },
    remove: async ({ name }) => {
      tables.delete(name)
      const foreign = standings.get(name)?.foreign ?? []
      if (foreign.length === 0) standings.delete(name)
      else standings.set(name, { state: 'changed', stops: false, foreign })
    },
  }
}
