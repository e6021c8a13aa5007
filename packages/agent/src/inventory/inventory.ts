import type { Inventory, Labels, Menu, Offer } from '@chaos-lite/shared'
import type { Engine } from '../engine/index.ts'
import { watchFiles } from '../file-watch/index.ts'
import type { Host } from '../host/index.ts'
import type { Policy } from '../policy/index.ts'
import { agentVersion } from '../version.ts'
import { machine, systemName } from './facts-of-host.ts'

/** What an inventory is read from. */
export interface InventoryOptions {
  readonly host: Host
  readonly engine: Engine
  readonly labels: Labels
  readonly menu: Menu
  policy(): Promise<Policy>
  offers(): Promise<readonly Offer[]>
  /** Files of the host's owner that decide what is offered. */
  readonly watched: readonly string[]
}

/** The state of this host: what it is, what it can do, what is open on it. */
export interface InventorySource extends Disposable {
  read(): Promise<Inventory>
  /** Calls `listener` when the state may be another than before. Returns the way to stop that. */
  onChange(listener: () => void): () => void
  /** Somebody else says that the state may be another. */
  changed(): void
}

/** Changes that follow each other are reported once, and not while a failure is being started or rolled back. */
const GATHER_MS = 1_000

/** Reads anew each time, and says when that is worth it: a file that decides, the journal, or `changed()`. */
export function createInventory(options: InventoryOptions): InventorySource {
  const listeners = new Set<() => void>()
  let gathering: NodeJS.Timeout | undefined
  const changed = () => {
    gathering ??= setTimeout(() => {
      gathering = undefined
      for (const listener of listeners) listener()
    }, GATHER_MS)
  }
  const stopJournal = options.engine.onChange(changed)
  const files = watchFiles(options.watched, changed)
  let system: Promise<string> | null = null
  return {
    async read() {
      system ??= systemName()
      return await readInventory(options, await system)
    },
    changed,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    [Symbol.dispose]() {
      stopJournal()
      clearTimeout(gathering)
      files[Symbol.dispose]()
    },
  }
}

async function readInventory(options: InventoryOptions, os: string): Promise<Inventory> {
  const { host, engine, labels, menu } = options
  const [{ records, unreadable }, policy, offers] = await Promise.all([
    engine.standings(),
    options.policy(),
    options.offers(),
  ])
  return {
    ...machine(),
    os: os.slice(0, 128),
    platform: host.platform,
    agentVersion,
    labels,
    menu,
    offers: offers.slice(0, 300),
    journal: {
      readable: unreadable.length === 0,
      open: records.length,
      stuck: records.filter(({ state }) => state === 'stuck').length,
    },
    bootId: host.clock.bootId,
    policy: { present: policy.present, digest: policy.digest, warnings: policy.warnings.slice(0, 50) },
  }
}
