import type { Logger } from 'pino'
import type { Ingest } from '../gateway/index.ts'
import type { Store } from '../store/index.ts'
import type { Clock } from '../time/index.ts'
import type { RunBook } from './run-book.ts'

interface IngestDeps {
  readonly store: Store
  readonly runBook: Pick<RunBook, 'ingested'>
  readonly clock: Clock
  readonly log: Logger
  readonly onStored?: (count: number) => void
}

/**
 * Stores facts of agents before they are acknowledged. Applying them to runs comes after, and its failure loses
 * nothing.
 */
export function makeIngest(deps: IngestDeps): Ingest {
  return async ({ hostId, clientId }, facts) => {
    const { stored, incidents, cursor } = await deps.store.facts.ingest(hostId, clientId, facts, deps.clock.nowMs())
    // One line per batch: a hostile host must not fill the log either.
    const [incident] = incidents
    if (incident) deps.log.warn({ hostId, ...incident, of: incidents.length }, 'incident: facts that do not fit')
    if (stored.length > 0) {
      deps.onStored?.(stored.length)
      deps.runBook
        .ingested(stored)
        .catch((error: unknown) => deps.log.error({ hostId, err: error }, 'facts not applied'))
    }
    return { cursor, incidents }
  }
}
