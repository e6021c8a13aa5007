import { AgentFact, ChaosError, FACT_MAX_BYTES, type HostId, issuesText, type Ulid } from '@chaos-lite/shared'
import type { Logger } from 'pino'
import type { AgentLine, Ingested, Store } from '../store/store.ts'
import type { Clock } from './clock.ts'
import type { RunBook } from './run-book.ts'
import { sha256 } from './secrets.ts'

/**
 * Facts of one host, on their way from its link into the store: stores lines that `readLines` has checked and resolves
 * with the acknowledgement once they are committed; what they mean for their runs is worked out afterwards.
 * What does not fit becomes an incident. Throws `storage-full` when nothing could be stored.
 */
export type Ingest = (
  host: { readonly hostId: HostId; readonly clientId: Ulid },
  facts: readonly AgentLine[],
) => Promise<Pick<Ingested, 'cursor' | 'incidents'>>

interface IngestDeps {
  readonly store: Store
  readonly runBook: Pick<RunBook, 'ingested'>
  readonly clock: Clock
  readonly log: Logger
  readonly onStored?: (count: number) => void
}

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

/**
 * The lines of one frame: all of one epoch, numbered without a gap, each naming the digest of the one before.
 * Throws `request-invalid` for a line that is no fact, `wrong-state` for lines out of order.
 */
export function readLines(lines: readonly string[]): AgentLine[] {
  return [...readEach(lines)]
}

/** The same, line by line: a frame's lines take longer to check than the event loop may be held. */
export function* readEach(lines: readonly string[]): Generator<AgentLine> {
  let before: AgentLine | undefined
  for (const line of lines) {
    const fact = readLine(line)
    if (before && fact.epoch !== before.epoch) throw outOfOrder('a frame holds facts of one epoch')
    if (before && fact.seq !== before.seq + 1) throw outOfOrder('facts are numbered without a gap')
    if (before && fact.prev !== before.digest) throw outOfOrder('each fact names the digest of the one before')
    if ((fact.seq === 0) !== (fact.prev === null))
      throw outOfOrder('only the first fact of an epoch has no predecessor')
    yield fact
    before = fact
  }
}

function readLine(line: string): AgentLine {
  if (Buffer.byteLength(line) > FACT_MAX_BYTES) throw malformed(`longer than ${FACT_MAX_BYTES} bytes`)
  const parsed = AgentFact.safeParse(parseJson(line))
  if (!parsed.success) throw malformed(issuesText({ issues: parsed.error.issues.slice(0, 1) }, 'the line'))
  const fact = parsed.data
  const runId = 'runId' in fact.event ? fact.event.runId : null
  return { epoch: fact.epoch, seq: fact.seq, prev: fact.prev, digest: sha256(line), runId, line, fact }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw malformed('not JSON')
  }
}

/** Nothing of the line is repeated: it may hold anything. */
const malformed = (reason: string) => new ChaosError('request-invalid', `A line is not a fact: ${reason}.`)
const outOfOrder = (rule: string) => new ChaosError('wrong-state', `Facts are out of order: ${rule}.`)
