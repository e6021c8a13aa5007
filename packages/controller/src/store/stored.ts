import type {
  AgentFact,
  ControllerEvent,
  Cursor,
  Digest,
  HostId,
  Inventory,
  Labels,
  SourcedFact,
  StoreEvent,
  Ulid,
} from '@chaos-lite/shared'
import type { IncidentKind } from '@chaos-lite/shared/api'

/** A host as stored. The public key is the raw 32 bytes in base64. */
export interface StoredHost {
  readonly hostId: HostId
  readonly clientId: Ulid
  readonly name: string
  /** What an administrator, or an enrolment token, has given it: they decide which drills reach it. */
  readonly labels: Labels
  /** What the host said of itself and nobody has confirmed yet. It decides nothing. */
  readonly proposedLabels: Labels
  readonly state: 'pending' | 'approved' | 'revoked'
  readonly publicKey: string
  readonly enrolledMs: number
  /** UTC; null: it has never been connected. */
  readonly lastSeenMs: number | null
  /** Null until the agent has sent it. */
  readonly inventory: Inventory | null
}

/** A host without what it reported, which is large. */
export type HostRow = Omit<StoredHost, 'inventory'>

/** A host as lists show it: everything that it reported but its menu. */
export type ListedHost = HostRow & { readonly inventory: Omit<Inventory, 'menu'> | null }

/** How lists of hosts can be sorted. `attention`: those with a drill under way, that need a person, that wait, that have no link; revoked ones last. */
export type HostOrder = 'attention' | 'name' | 'last seen'

/** Which hosts, in which order, and from where on. */
export interface HostQuery {
  readonly clientIds: readonly Ulid[]
  readonly order: HostOrder
  /** Hosts on which a drill is under way. */
  readonly busy: readonly HostId[]
  /** Hosts that need a person for a reason that is not stored with them. */
  readonly attention: readonly HostId[]
  /** Hosts with a link now. */
  readonly online: readonly HostId[]
  /** Null: both. */
  readonly link: 'online' | 'offline' | null
  /** Words that must all be found in name, labels, system, addresses or state. */
  readonly text: string
  /** Null: any. */
  readonly state: StoredHost['state'] | null
  readonly limit: number
  /** `next` of the page before. */
  readonly cursor: string | null
}

/** `not passed`: everything that has ended otherwise, or of which a host is stuck or unknown. */
export type RunStatus = 'under way' | 'not passed' | 'passed' | 'failed' | 'aborted' | 'skipped' | 'missed'

/** Which runs, newest first, and from where on. */
export interface RunQuery {
  readonly clientIds: readonly Ulid[]
  /** Null: any. */
  readonly status: RunStatus | null
  /** The name of a drill; null: any. */
  readonly drill: string | null
  /** A host that takes part; null: any. */
  readonly hostId: HostId | null
  /** Started at or after, and before. */
  readonly fromMs: number | null
  /** Null: no bound. */
  readonly toMs: number | null
  /** Words that must all be found in title, drill or summary. */
  readonly text: string
  readonly limit: number
  /** The last run of the page before. */
  readonly before: Ulid | null
}

/** One page. `total` counts what matches on all pages, up to `COUNTED_AT_MOST`. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly total: number
  /** For the next page; null: this was the last one. */
  readonly next: string | null
}

/** Beyond this nobody counts: counting would cost more than the number is worth. */
export const COUNTED_AT_MOST = 10_000

/** A host to be added; without `proposedLabels`, it proposes none. */
export type NewHost = Omit<StoredHost, 'proposedLabels'> & Partial<Pick<StoredHost, 'proposedLabels'>>

/** A host that enrolls: company, state and confirmed labels come from its token. */
export type EnrollingHost = Omit<StoredHost, 'clientId' | 'labels' | 'state' | 'lastSeenMs' | 'inventory'>

/** One line of facts as it came in. `line` is the exact text that was received. */
export interface IncomingFact {
  readonly epoch: string
  readonly seq: number
  /** The digest of the fact before; null for the first of its epoch. */
  readonly prev: Digest | null
  readonly digest: Digest
  /** Null for what is about no run. */
  readonly runId: Ulid | null
  readonly line: string
}

/** The controller's own facts, to be stored together. */
export interface OwnLines {
  readonly facts: readonly (IncomingFact & { readonly event: ControllerEvent | StoreEvent })[]
  readonly receivedMs: number
}

/** A line of an agent after it was checked: one epoch per batch, `seq` contiguous, `prev` linked. */
export interface AgentLine extends IncomingFact {
  readonly fact: AgentFact
}

/** One fact as it is stored: the exact bytes, as text. */
export interface StoredLine {
  readonly source: 'agent' | 'controller'
  /** Null for facts of the controller. */
  readonly hostId: HostId | null
  readonly receivedMs: number
  readonly digest: Digest
  readonly line: string
}

/** What became of a batch. */
export interface Ingested {
  /** New facts that belong where they say: to no run, or to a run that this host takes part in. */
  readonly stored: readonly SourcedFact[]
  readonly duplicates: number
  /**
   * A key that is stored already with another digest, a line that does not continue the stored chain, lines that never
   * came, a foreign run, too many facts of one run.
   */
  readonly incidents: readonly (Pick<Incident, 'kind' | 'reason'> & { readonly epoch: string; readonly seq: number })[]
  /** The end of the batch: everything up to here is kept for ever, as a fact or as an incident; the agent may forget it. */
  readonly cursor: Cursor
}

/** Something that should not have happened, kept append-only with the bytes that show it. */
export interface Incident {
  readonly clientId: Ulid
  /** Null for what is about no host, such as a restored backup. */
  readonly hostId: HostId | null
  readonly kind: IncidentKind
  /** This and the next three: of the fact in question; null where there is none. */
  readonly epoch: string | null
  /** See `epoch`. */
  readonly seq: number | null
  /** See `epoch`. */
  readonly digest: Digest | null
  /** See `epoch`. */
  readonly line: string | null
  readonly reason: string
  readonly atMs: number
}

/** A schedule, paused or not. Times are UTC ms; a slot is an instant at which its cron expression fires. */
export interface StoredSchedule {
  readonly scheduleId: Ulid
  readonly clientId: Ulid
  readonly name: string
  readonly drill: string
  readonly params: Readonly<Record<string, unknown>>
  readonly cron: string
  readonly timeZone: string
  readonly paused: boolean
  /** The last slot that was claimed: claims only move forward. */
  readonly lastSlotMs: number | null
  /** The slot that was claimed and has no record yet; null: all have. */
  readonly openSlotMs: number | null
  /** Of the last slot that has its record; null: none so far. */
  readonly lastOutcome: string | null
  readonly createdMs: number
  /** Slots after this time count: when it was made, or taken up again. */
  readonly sinceMs: number
  /** The slot that it answers next; null: none, or not computed. */
  readonly nextSlotMs: number | null
  /** Why it fires nothing, as a sentence; null: all is well. */
  readonly trouble: string | null
}

/** A user as the store keeps one. The password is kept as a hash with its own salt and costs. */
export interface StoredUser {
  readonly userId: Ulid
  /** The client this user belongs to. An administrator sees all clients. */
  readonly clientId: Ulid
  readonly name: string
  readonly role: 'administrator' | 'operator' | 'viewer'
  readonly passwordHash: string
  readonly mustChangePassword: boolean
  /** Raised at every password change; sessions of an older epoch are dead. */
  readonly sessionEpoch: number
}

/** A log-in: a browser's session or a bearer token of the command line. Only the hash of its secret is kept. */
export interface StoredLogIn {
  readonly hash: string
  readonly kind: 'session' | 'token'
  readonly userId: Ulid
  /** The user's epoch when it was made: it is dead when the user's has moved on. */
  readonly sessionEpoch: number
  readonly createdMs: number
  readonly expiresMs: number
  /** Opaque state of the session library; empty for tokens. */
  readonly data: string
}

/** The store was restored from a backup. What was stored between the two times is not in it. */
export interface StoredRestore {
  readonly restoredMs: number
  readonly backupMs: number
  /** How many facts the backup held. */
  readonly facts: number
  readonly recorded: boolean
}

/** A webhook with the secret that signs its messages, which no answer of the API shows again. */
export interface StoredWebhook {
  readonly webhookId: Ulid
  readonly clientId: Ulid
  readonly url: string
  readonly purpose: string
  /** Signs what is sent there. Told once, when the webhook is made. */
  readonly secret: string
}
