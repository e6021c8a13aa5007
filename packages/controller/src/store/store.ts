import type { Cursor, Hardware, HostId, Inventory, Labels, Plan, SourcedFact, Ulid } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'
import type {
  AgentLine,
  EnrollingHost,
  HostQuery,
  HostRow,
  Incident,
  Ingested,
  ListedHost,
  NewHost,
  OwnLines,
  Page,
  RunQuery,
  StoredHost,
  StoredLine,
  StoredLogIn,
  StoredRestore,
  StoredSchedule,
  StoredUser,
  StoredWebhook,
} from './stored.ts'

export * from './stored.ts'

/** Computes the next slot of a schedule, or why it has none. Called inside the transaction that stores the answer. */
export type NextOfSchedule = (schedule: StoredSchedule) => Pick<StoredSchedule, 'nextSlotMs' | 'trouble'>

/**
 * The store's port. Every method is one transaction; every row belongs to a client. Facts are append-only: the
 * back end refuses updates and deletes of them by itself (triggers), not by convention.
 * Implementations: `sqlite/` now, PostgreSQL later; one contract test runs on all.
 */
export interface Store {
  readonly clients: {
    /** The first client, made at first start. */
    first(): Promise<{ clientId: Ulid; name: string }>
    all(): Promise<readonly { clientId: Ulid; name: string }[]>
  }
  readonly users: {
    byName(name: string): Promise<StoredUser | null>
    byId(userId: Ulid): Promise<StoredUser | null>
    count(): Promise<number>
    add(user: StoredUser): Promise<void>
    /**
     * Sets it and raises the session epoch: every log-in made before is dead. With `ifEpoch`, only while the user still has
     * that epoch, otherwise `wrong-state`: who proved the old password may have been overtaken meanwhile.
     */
    setPassword(
      userId: Ulid,
      passwordHash: string,
      options?: { readonly mustChange?: boolean; readonly ifEpoch?: number },
    ): Promise<StoredUser>
  }
  readonly logIns: {
    put(logIn: StoredLogIn): Promise<void>
    /** Null when unknown or expired. */
    get(hash: string, nowMs: number): Promise<StoredLogIn | null>
    remove(hash: string): Promise<void>
    /** Those of older epochs, and those that have expired. */
    sweep(nowMs: number): Promise<void>
  }
  readonly hosts: {
    /** Throws `already-exists` when its key is known. */
    add(host: NewHost): Promise<void>
    /**
     * Uses an enrolment token up and adds the host for it, both or neither: a host that is refused costs no token. With
     * the name of an approved host it waits for an administrator, whatever the token says. Throws
     * `not-allowed` when the token is unknown, used or expired, `already-exists` for a known key.
     */
    enroll(tokenHash: string, host: EnrollingHost): Promise<StoredHost>
    byId(hostId: HostId): Promise<StoredHost | null>
    byPublicKey(publicKey: string): Promise<StoredHost | null>
    /** All hosts of a company by name, without what they reported. */
    ofClient(clientId: Ulid): Promise<readonly HostRow[]>
    /** These hosts, in this order; ids of no host are left out. */
    listed(hostIds: readonly HostId[]): Promise<readonly ListedHost[]>
    /** Throws `request-invalid` for a cursor that is none. */
    page(query: HostQuery): Promise<Page<ListedHost>>
    /** Throws `wrong-state` for a host that was revoked, whoever acts at the same moment: revoked stays revoked. */
    setState(hostId: HostId, state: StoredHost['state']): Promise<StoredHost>
    /**
     * Approves a host and revokes the one that it replaces, both or neither. Throws `already-exists` where another
     * approved host has its name, unless that one is replaced or it is approved `besides`; `not-found` for an unknown
     * `replaces`; otherwise as `setState`.
     */
    approve(hostId: HostId, how: { readonly replaces: HostId | null; readonly besides: boolean }): Promise<StoredHost>
    /** An administrator has decided: what the host proposed is settled as well. */
    setLabels(hostId: HostId, labels: Labels): Promise<StoredHost>
    setInventory(hostId: HostId, inventory: Inventory, seenMs: number): Promise<void>
    /** Takes the place of what was reported before. Throws `not-found` for an unknown host. */
    setHardware(hostId: HostId, hardware: Hardware, reportedMs: number): Promise<void>
    /** What a host reported last, and when; null when it never did. */
    hardware(hostId: HostId): Promise<{ readonly hardware: Hardware; readonly reportedMs: number } | null>
    setSeen(hostId: HostId, seenMs: number): Promise<void>
    /** True once after each restore: this host may still have facts that the store lacks now. */
    takeOwing(hostId: HostId): Promise<boolean>
  }
  readonly tokens: {
    /** Only the hash is kept (SHA-256 of 32 random bytes). */
    add(token: {
      hash: string
      clientId: Ulid
      labels: Labels
      expiresMs: number
      approve: boolean
      by: string
    }): Promise<void>
  }
  readonly plans: {
    add(plan: Plan, createdMs: number): Promise<void>
    byId(planId: Ulid): Promise<Plan | null>
  }
  readonly runs: {
    /**
     * Creates the run with its first facts, in one commit: no host is ever held by a run that no fact describes.
     * Refused with `host-busy` when one of its hosts is in an unended run, with `wrong-state` when one is not approved (any more).
     */
    create(row: RunRow, plan: Plan | null, hostIds: readonly HostId[], first?: OwnLines): Promise<void>
    update(row: RunRow): Promise<void>
    byId(runId: Ulid): Promise<RunRow | null>
    ofClient(clientId: Ulid, page: { limit: number; before: Ulid | null }): Promise<readonly RunRow[]>
    /** Newest first. */
    page(query: RunQuery): Promise<Page<RunRow>>
    /** The runs of a company that are not over, and those that ended at or after `sinceMs` and began before `begunMs`. */
    concerned(
      clientId: Ulid,
      since: { readonly sinceMs: number; readonly begunMs: number } | null,
    ): Promise<readonly RunRow[]>
    /** Which unended run holds which host, of these companies. */
    held(clientIds: readonly Ulid[]): Promise<ReadonlyMap<HostId, Ulid>>
    /** As `unconfirmed`, of all hosts of these companies that have such runs. */
    allUnconfirmed(clientIds: readonly Ulid[]): Promise<ReadonlyMap<HostId, readonly Ulid[]>>
    unended(): Promise<readonly RunRow[]>
    /** The unended run that holds this host, or null. */
    holding(hostId: HostId): Promise<Ulid | null>
    /** Ended runs with this host, newest first and few, of which some host has not said, or cannot say, how it came back. */
    unconfirmed(hostId: HostId): Promise<readonly Ulid[]>
    hostsOf(runId: Ulid): Promise<readonly HostId[]>
  }
  readonly facts: {
    /**
     * Inserts what is new of one agent's batch (not empty) and resolves after a commit with full sync; batches of
     * several agents share commits. What does not fit becomes an incident, and what follows it is stored all the same.
     * Throws `storage-full` when it could not be committed: then nothing of it is stored.
     */
    ingest(hostId: HostId, clientId: Ulid, facts: readonly AgentLine[], receivedMs: number): Promise<Ingested>
    /** Appends the controller's own facts; `prev` links them within this controller's epoch. */
    append(clientId: Ulid, facts: OwnLines['facts'], receivedMs: number): Promise<void>
    cursor(hostId: HostId, epoch: string): Promise<Cursor | null>
    /** All facts of a run in the order in which they were committed, parsed. For runs that may be long, `pageOfRun`. */
    ofRun(runId: Ulid): Promise<readonly SourcedFact[]>
    /** The same as exact bytes. */
    linesOfRun(runId: Ulid): Promise<readonly StoredLine[]>
    /**
     * The next facts of a run after a position (0: from the first on), few enough to be read, parsed and sent without
     * holding the event loop; none: there are no more now. `next` is the position after them.
     */
    pageOfRun(runId: Ulid, after: number): Promise<{ readonly lines: readonly StoredLine[]; readonly next: number }>
  }
  readonly schedules: {
    /** Throws `too-many` when the company has `most` of them already. */
    add(schedule: StoredSchedule, most: number): Promise<void>
    all(): Promise<readonly StoredSchedule[]>
    byId(scheduleId: Ulid): Promise<StoredSchedule | null>
    remove(scheduleId: Ulid): Promise<void>
    /** Those that are not paused and whose next slot has come, the oldest slots first. */
    due(nowMs: number, limit: number): Promise<readonly StoredSchedule[]>
    pause(scheduleId: Ulid): Promise<StoredSchedule>
    /**
     * Its slots count from `sinceMs` on, and `next` computes the first of them. A schedule that is not paused stays as it
     * is: a slot that is due now would be lost without a record.
     */
    resume(scheduleId: Ulid, sinceMs: number, next: NextOfSchedule): Promise<StoredSchedule>
    /**
     * Stores what `next` computes from the schedule as it is now, and returns the schedule; null when nothing changes, or
     * there is no such schedule.
     */
    setNext(scheduleId: Ulid, next: NextOfSchedule): Promise<StoredSchedule | null>
    /**
     * One statement, forward only: true for exactly one caller per slot, never for a slot before the last one, and never
     * for one that passed before the schedule was resumed. The slot stays open until `recorded`; the next one is noted
     * with it.
     */
    claim(scheduleId: Ulid, slotMs: number, nextSlotMs: number | null): Promise<boolean>
    /** The claimed slot has its record. */
    recorded(scheduleId: Ulid, slotMs: number): Promise<void>
    setOutcome(scheduleId: Ulid, outcome: string): Promise<void>
  }
  readonly webhooks: {
    /** Throws `too-many` when the company has `most` of them already. */
    add(webhook: StoredWebhook, most: number): Promise<void>
    ofClient(clientId: Ulid): Promise<readonly StoredWebhook[]>
    remove(webhookId: Ulid, clientId: Ulid): Promise<void>
  }
  readonly stops: {
    /** Everything of this client was stopped. A time before the one that is stored changes nothing. */
    put(clientId: Ulid, stoppedMs: number): Promise<void>
    /** When that was, the last time; null: never. */
    ofClient(clientId: Ulid): Promise<number | null>
  }
  readonly incidents: {
    add(incident: Incident): Promise<void>
    ofClient(clientId: Ulid, limit: number): Promise<readonly Incident[]>
  }
  readonly restores: {
    /** From which backups this store was restored, oldest first. */
    all(): Promise<readonly StoredRestore[]>
    /** The record says so now. */
    setRecorded(restoredMs: number): Promise<void>
  }
  readonly settings: {
    /** Small secrets of the controller: its signing key, alert-address secrets, session secret. */
    get(name: string): Promise<string | null>
    /** Sets it only when it is not there yet, and returns what is there. */
    setOnce(name: string, value: string): Promise<string>
  }
  /** Why the last attempt to write failed, as the back end calls it; null when it succeeded. */
  failing(): string | null
  /** Writes something small. Throws `storage-full` while that does not work. */
  tryToWrite(): Promise<void>
  close(): Promise<void>
}
