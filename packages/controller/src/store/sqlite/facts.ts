import { ChaosError, type HostId, type SourcedFact, type Ulid } from '@chaos-lite/shared'
import type { Database } from 'better-sqlite3'
import { CONTROLLER } from '../queries/facts.ts'
import type { AgentLine, Incident, IncomingFact, Ingested } from '../store.ts'
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
  /** Pairs of run and host that were found to belong together; they never cease to. */
  readonly #belongs = new Set<string>()

  constructor(database: Database) {
    this.#statements = prepareFacts(database)
  }

  ingest(batch: Batch): Ingested {
    const { hostId, facts } = batch
    const first = facts[0]
    if (first === undefined) throw new ChaosError('request-invalid', 'A batch of facts was empty.')
    const kept = this.#kept(hostId, first.epoch)
    if (first.seq > kept + 1) {
      throw new ChaosError(
        'wrong-state',
        `Facts ${kept + 1} to ${first.seq - 1} of this epoch are missing before the batch; it must begin where the acknowledgement ended.`,
      )
    }
    // Never beyond the batch, even when more is stored: an agent that was put back to a snapshot knows only so much.
    return { ...this.#insertNew(batch), cursor: { epoch: first.epoch, seq: first.seq + facts.length - 1 } }
  }

  append(clientId: Ulid, facts: readonly IncomingFact[], receivedMs: number): void {
    for (const fact of facts) this.#insert(CONTROLLER, clientId, fact, fact.runId, receivedMs)
  }

  /** The highest number kept for this epoch, as a fact or as an incident; -1 when there is none. */
  #kept(hostId: HostId, epoch: string): number {
    const fact = this.#statements.last.get(hostId, epoch)?.seq ?? -1
    const incident = this.#statements.lastIncident.get(hostId, epoch)?.seq ?? -1
    return Math.max(fact, incident)
  }

  #insertNew(batch: Batch): Omit<Ingested, 'cursor'> {
    const stored: SourcedFact[] = []
    const incidents: Ingested['incidents'][number][] = []
    let duplicates = 0
    let last = this.#statements.last.get(batch.hostId, batch.facts[0]?.epoch ?? '')
    for (const fact of batch.facts) {
      const complaint = last ? this.#complaint(batch.hostId, fact, last) : null
      if (complaint === 'duplicate') {
        duplicates += 1
        continue
      }
      if (complaint) {
        incidents.push(this.#incident(batch, fact, complaint.kind, complaint.reason))
        continue
      }
      if (this.#mayTell(batch.hostId, fact.runId)) {
        this.#insert(batch.hostId, batch.clientId, fact, fact.runId, batch.receivedMs)
        stored.push({ source: 'agent', hostId: batch.hostId, fact: fact.fact, receivedMs: batch.receivedMs })
      } else {
        this.#insert(batch.hostId, batch.clientId, fact, null, batch.receivedMs)
        const reason = `Fact ${fact.seq} names run ${fact.runId}, in which this host has no part; it was kept outside the run.`
        incidents.push(this.#incident(batch, fact, 'foreign run', reason))
      }
      last = { seq: fact.seq, digest: fact.digest }
    }
    return { stored, duplicates, incidents }
  }

  #complaint(
    hostId: HostId,
    fact: AgentLine,
    last: { seq: number; digest: string },
  ): 'duplicate' | { kind: Incident['kind']; reason: string } | null {
    if (fact.seq <= last.seq) {
      if (this.#statements.at.get(hostId, fact.epoch, fact.seq)?.digest === fact.digest) return 'duplicate'
      const reason = `Fact ${fact.seq} came a second time with other content: two agents use this key, or the host was put back to an old snapshot.`
      return { kind: 'key reused', reason }
    }
    if (fact.seq === last.seq + 1 && fact.prev === last.digest) return null
    return { kind: 'chain broken', reason: `Fact ${fact.seq} does not follow from the fact that was stored before it.` }
  }

  #mayTell(hostId: HostId, runId: Ulid | null): boolean {
    if (runId === null) return true
    const key = `${runId} ${hostId}`
    if (this.#belongs.has(key)) return true
    if (!this.#statements.belongs.get(runId, hostId)) return false
    if (this.#belongs.size > 10_000) this.#belongs.clear()
    this.#belongs.add(key)
    return true
  }

  #insert(origin: string, clientId: Ulid, fact: IncomingFact, runId: Ulid | null, receivedMs: number): void {
    const { epoch, seq, digest, line } = fact
    this.#statements.insert.run(clientId, origin, epoch, seq, digest, runId, receivedMs, line)
  }

  #incident(batch: Batch, fact: AgentLine, kind: Incident['kind'], reason: string) {
    const { epoch, seq, digest, line } = fact
    const { clientId, hostId, receivedMs } = batch
    this.#statements.incident.run(clientId, hostId, kind, epoch, seq, digest, line, reason, receivedMs)
    return { epoch, seq, reason }
  }
}
