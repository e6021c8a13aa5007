import { ChaosError, type HostId, type SourcedFact, type Ulid } from '@chaos-lite/shared'
import type { Database } from 'better-sqlite3'
import {
  breakBetween,
  type Complaint,
  outside,
  type Place,
  type RUN_SHARE,
  RunShares,
  type RunsStored,
  repeated,
} from '../../chains/index.ts'
import { CONTROLLER } from '../queries/facts.ts'
import type { AgentLine, IncomingFact, Ingested } from '../store.ts'
import { type FactStatements, prepareFacts } from './facts-statements.ts'

interface Batch {
  readonly hostId: HostId
  readonly clientId: Ulid
  readonly facts: readonly AgentLine[]
  readonly receivedMs: number
}

/** The writing of facts: the only statements that touch them. To be run inside a transaction. */
export class FactWriter {
  readonly #statements: FactStatements
  readonly #shares: RunShares

  constructor(database: Database, limits?: typeof RUN_SHARE) {
    this.#statements = prepareFacts(database)
    this.#shares = new RunShares(storedRuns(this.#statements), limits)
  }

  ingest(batch: Batch): Ingested {
    const { hostId, facts } = batch
    const first = facts[0]
    if (first === undefined) throw new ChaosError('request-invalid', 'A batch of facts was empty.')
    const stored: SourcedFact[] = []
    const incidents: Ingested['incidents'][number][] = []
    const note = (fact: AgentLine, complaint: Complaint, line: string | null) =>
      incidents.push(this.#incident(batch, fact, complaint, line))
    let duplicates = 0
    let last: Place | undefined = this.#statements.last.get(hostId, first.epoch)
    for (const fact of facts) {
      if (last !== undefined && fact.seq <= last.seq) {
        const complaint = repeated(this.#statements.at.get(hostId, fact.epoch, fact.seq), fact)
        if (complaint === null) duplicates += 1
        else note(fact, complaint, fact.line)
        continue
      }
      const hole = breakBetween(last, fact)
      // The line itself is kept as a fact: what follows a gap has happened all the same.
      if (hole !== null) note(fact, hole, null)
      const how = this.#store(batch, fact)
      if (how === 'stored') stored.push(sourced(batch, fact))
      else if (how !== null) note(fact, how, fact.line)
      last = { seq: fact.seq, digest: fact.digest }
    }
    // Never beyond the batch, even when more is stored: an agent that was restored from a snapshot knows only so much.
    return { stored, duplicates, incidents, cursor: { epoch: first.epoch, seq: first.seq + facts.length - 1 } }
  }

  append(clientId: Ulid, facts: readonly IncomingFact[], receivedMs: number): void {
    for (const fact of facts) this.#insert(CONTROLLER, clientId, fact, fact.runId, receivedMs)
  }

  /** The transaction of something that was written here was undone. */
  undone(): void {
    this.#shares.forget()
  }

  /** Stores a new fact: in the run that it names, or outside of it with what is to be said about that (null: nothing new). */
  #store(batch: Batch, fact: AgentLine): Complaint | 'stored' | null {
    const { hostId, clientId, receivedMs } = batch
    const { runId, seq } = fact
    const admitted =
      runId === null ? 'yes' : this.#shares.admit(hostId, runId, { line: fact.line, event: fact.fact.event })
    this.#insert(hostId, clientId, fact, admitted === 'yes' ? runId : null, receivedMs)
    if (runId === null || admitted === 'yes') return 'stored'
    return outside(admitted, runId, seq)
  }

  #insert(origin: string, clientId: Ulid, fact: IncomingFact, runId: Ulid | null, receivedMs: number): void {
    const { epoch, seq, digest, line } = fact
    this.#statements.insert.run(clientId, origin, epoch, seq, digest, runId, receivedMs, line)
  }

  #incident(batch: Batch, fact: AgentLine, { kind, reason }: Complaint, line: string | null) {
    const { epoch, seq, digest } = fact
    const { clientId, hostId, receivedMs } = batch
    this.#statements.incident.run(clientId, hostId, kind, epoch, seq, digest, line, reason, receivedMs)
    return { kind, epoch, seq, reason }
  }
}

function sourced({ hostId, receivedMs }: Batch, { fact }: AgentLine): SourcedFact {
  return { source: 'agent', hostId, fact, receivedMs }
}

function storedRuns({ belongs, lost, share }: FactStatements): RunsStored {
  return {
    belongs: (runId, hostId) => belongs.get(runId, hostId) !== undefined,
    isLost: (runId) => lost.get(runId) !== undefined,
    share(runId, hostId) {
      const stored = share.get(runId, hostId)
      if (stored === undefined) throw new ChaosError('internal', 'A count of facts came back empty.')
      return stored
    },
  }
}
