import { ChaosError, type HostId, type SourcedFact, type Ulid } from '@chaos-lite/shared'
import type { Database } from 'better-sqlite3'
import { CONTROLLER } from '../queries/facts.ts'
import type { AgentLine, Incident, IncomingFact, Ingested } from '../store.ts'
import { type FactStatements, prepareFacts } from './facts-statements.ts'
import { type RUN_SHARE, RunShares } from './run-shares.ts'

interface Batch {
  readonly hostId: HostId
  readonly clientId: Ulid
  readonly facts: readonly AgentLine[]
  readonly receivedMs: number
}

interface Last {
  readonly seq: number
  readonly digest: string
}

interface Complaint {
  readonly kind: Incident['kind']
  readonly reason: string
}

/** The writing of facts: the only statements that touch them. To be run inside a transaction. */
export class FactWriter {
  readonly #statements: FactStatements
  readonly #shares: RunShares

  constructor(database: Database, limits?: typeof RUN_SHARE) {
    this.#statements = prepareFacts(database)
    this.#shares = new RunShares(this.#statements, limits)
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
    let last: Last | undefined = this.#statements.last.get(hostId, first.epoch)
    for (const fact of facts) {
      if (last !== undefined && fact.seq <= last.seq) {
        const complaint = this.#again(hostId, fact)
        if (complaint === null) duplicates += 1
        else note(fact, complaint, fact.line)
        continue
      }
      const hole = breakBetween(last, fact)
      // The line itself is kept as a fact: what follows a gap has happened all the same.
      if (hole !== null) note(fact, hole, null)
      const outside = this.#store(batch, fact)
      if (outside === null) stored.push(sourced(batch, fact))
      else if (outside !== 'known') note(fact, outside, fact.line)
      last = { seq: fact.seq, digest: fact.digest }
    }
    // Never beyond the batch, even when more is stored: an agent that was put back to a snapshot knows only so much.
    return { stored, duplicates, incidents, cursor: { epoch: first.epoch, seq: first.seq + facts.length - 1 } }
  }

  append(clientId: Ulid, facts: readonly IncomingFact[], receivedMs: number): void {
    for (const fact of facts) this.#insert(CONTROLLER, clientId, fact, fact.runId, receivedMs)
  }

  /** The transaction of something that was written here was undone. */
  undone(): void {
    this.#shares.forget()
  }

  /** A number that is not beyond the last one stored: null for the very same line. */
  #again(hostId: HostId, { epoch, seq, digest }: AgentLine): Complaint | null {
    const kept = this.#statements.at.get(hostId, epoch, seq)
    if (kept?.digest === digest) return null
    if (kept === undefined) {
      return { kind: 'chain broken', reason: `Fact ${seq} came after facts that follow it; it was kept, not applied.` }
    }
    const reason = `Fact ${seq} came a second time with other content: two agents use this key, or the host was put back to an old snapshot.`
    return { kind: 'key reused', reason }
  }

  /** Stores a new fact: in the run that it names (null), or outside of it with what is to be said about that. */
  #store(batch: Batch, fact: AgentLine): Complaint | 'known' | null {
    const { hostId, clientId, receivedMs } = batch
    const { runId, seq } = fact
    const admitted =
      runId === null ? 'yes' : this.#shares.admit(hostId, runId, { line: fact.line, event: fact.fact.event })
    this.#insert(hostId, clientId, fact, admitted === 'yes' ? runId : null, receivedMs)
    switch (admitted) {
      case 'yes':
        return null
      case 'full told':
        return 'known'
      case 'full':
        return {
          kind: 'too many facts',
          reason: `This host has told too much of run ${runId}; from fact ${seq} on it is kept outside the run.`,
        }
      case 'lost':
        return {
          kind: 'store restored',
          reason: `This host has told again of run ${runId}, which is not in the restored store; its facts are kept outside of any run, from fact ${seq} on.`,
        }
      case 'foreign':
        return {
          kind: 'foreign run',
          reason: `Fact ${seq} names run ${runId}, in which this host has no part; it was kept outside the run.`,
        }
    }
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

/** What is wrong between the last fact of an epoch and the next one; null when it follows. */
function breakBetween(last: Last | undefined, fact: AgentLine): Complaint | null {
  const expected = last === undefined ? 0 : last.seq + 1
  if (fact.seq > expected) {
    const which = fact.seq === expected + 1 ? `Fact ${expected}` : `Facts ${expected} to ${fact.seq - 1}`
    const reason = `${which} of this epoch never came: the controller was put back to an older backup, or the host lost them.`
    return { kind: 'facts missing', reason }
  }
  if (fact.prev === (last?.digest ?? null)) return null
  const reason = `Fact ${fact.seq} does not follow from the fact that was stored before it: the host was put back to a snapshot, or its record was changed.`
  return { kind: 'chain broken', reason }
}
