import type { Capability } from '@chaos-lite/shared'

/** A program that ran to its end. `code` is null when a signal ended it. */
export interface Finished {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly timeoutMs: number
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Run as this account, with its groups (needs root). */
  readonly as?: string
}

/** The clocks of the system. `monoMs` is shared by all processes of one boot, so facts of several processes line up. */
export interface HostClock {
  readonly bootId: string
  /** Monotonic milliseconds since boot, with fractions. */
  monoMs(): number
  /** UTC milliseconds of the calendar clock. */
  wallMs(): number
}

/** Everything about a file or folder that must be as before. Times are decimal nanoseconds, as text. */
export interface Metadata {
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly dev: string
  readonly inode: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly sizeBytes: number
  readonly mtimeNs: string
  readonly links: number
  /** `getfacl --omit-header --absolute-names --numeric` of the path, or null where the file system has no ACLs. */
  readonly acl: string | null
  /** Extended attributes other than ACLs: name to base64. */
  readonly attributes: Readonly<Record<string, string>>
  /** `lsattr` flags such as `i` or `a`, or null where unknown. */
  readonly flags: string | null
}

/** Durable, atomic file work. Every method that changes something returns only after fsync of file and folder. */
export interface Files {
  metadata(path: string): Promise<Metadata>
  read(path: string, maxBytes: number): Promise<Buffer>
  /** Follows links: the path whose bytes a write would change. */
  resolve(path: string): Promise<string>
  exists(path: string): Promise<boolean>
  /**
   * Replaces the bytes of `path` through a temporary file beside it and a rename; mode, owner, ACL and attributes are
   * taken over from the file that is replaced, or set from `like`. `mtimeNs` sets the modification time.
   */
  replace(path: string, bytes: Uint8Array, options?: { like?: Metadata; mtimeNs?: string }): Promise<void>
  /** Sets mode, owner, ACL, attributes and times of an existing path. */
  setMetadata(path: string, metadata: Metadata): Promise<void>
  setMtime(path: string, mtimeNs: string): Promise<void>
  /** A rename inside one file system; fails when `to` exists. */
  move(from: string, to: string): Promise<void>
  /** Removes a tree that we made. */
  remove(path: string): Promise<void>
  freeBytes(path: string): Promise<number>
}

export interface UnitState {
  readonly name: string
  readonly loadState: string
  readonly activeState: string
  readonly subState: string
  /** `enabled`, `disabled`, `masked`, `static` …; empty where the manager has no such notion. */
  readonly enabledState: string
  readonly mainPid: number
  /** When it became active, in monotonic microseconds as the manager tells it: the identity of this start. */
  readonly activeSinceMonoUs: string
  readonly stopTimeoutMs: number
  readonly startTimeoutMs: number
  /** Other units that would start it again: sockets, timers, paths. */
  readonly triggeredBy: readonly string[]
  /** Running units that need it and would stop with it. */
  readonly dependents: readonly string[]
  /** Does the manager restart it by itself when it is stopped by request? (systemd: never; kept for others.) */
  readonly restarts: boolean
}

/** The service manager: systemd, or the small supervisor of the demo hosts. */
export interface Services {
  readonly manager: string
  state(service: string): Promise<UnitState>
  start(service: string, timeoutMs: number): Promise<void>
  stop(service: string, timeoutMs: number): Promise<void>
}

export interface Account {
  readonly name: string
  readonly uid: number
  readonly primaryGroup: string
  /** Supplementary groups, in the order of the group file. */
  readonly groups: readonly string[]
}

export interface Accounts {
  account(name: string): Promise<Account>
  members(group: string): Promise<readonly string[]>
  addMember(group: string, account: string): Promise<void>
  removeMember(group: string, account: string): Promise<void>
  /** Groups whose members administer this host (`sudo`, `wheel`, `root`, … or `Administrators`). */
  readonly administratorGroups: readonly string[]
}

export interface ProcessIdentity {
  readonly pid: number
  /** Start time in clock ticks since boot (`/proc/PID/stat`, field 22): a reused pid has another. */
  readonly startTicks: string
  readonly name: string
}

export interface Processes {
  byName(name: string): Promise<readonly ProcessIdentity[]>
  identity(pid: number): Promise<ProcessIdentity | null>
}

export interface Resolver {
  /** Addresses as a program on this host would get them (`getaddrinfo`: the hosts file decides). */
  lookup(name: string, signal: AbortSignal): Promise<readonly string[]>
  /** Empties resolver caches where there are any; returns the names of those emptied. */
  flush(): Promise<readonly string[]>
  readonly hostsFile: string
}

/** The only door to the operating system. Actions and probes ask for abilities, never which system it is. */
export interface Host {
  readonly platform: 'linux' | 'win32' | 'simulated'
  readonly clock: HostClock
  readonly files: Files
  readonly services: Services
  readonly accounts: Accounts
  readonly processes: Processes
  readonly resolver: Resolver
  /** What this host can do; a missing ability comes with the reason a person can act on. */
  capabilities(): Promise<ReadonlyMap<Capability, { readonly has: boolean; readonly why: string }>>
  /** Runs a program with an argument array; never a shell. Throws only when it cannot be started or times out. */
  run(argv: readonly [string, ...string[]], options: RunOptions): Promise<Finished>
}
