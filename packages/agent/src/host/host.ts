import type { Capability, Compared } from '@chaos-lite/shared'
import type { DisableImage, MembershipImage, Metadata } from './image.ts'
import type { Loads } from './loads.ts'
import type { Machine } from './machine.ts'
import type { Mounts } from './mounts.ts'
import type { NameServers } from './name-servers.ts'
import type { Network } from './network.ts'
import type { Processes } from './process.ts'
import type { Services } from './services.ts'
import type { Room } from './space.ts'
import type { Thing } from './thing.ts'
import type { PacketFilter } from './wall.ts'

export type { DisableImage, FileImage, MembershipImage, Metadata } from './image.ts'
export type { LoadOrder, Loads, LoadWork, MemoryRoom } from './loads.ts'
export type { Processes, ProcessIdentity, ProcessView } from './process.ts'
export type { Services, UnitState } from './services.ts'
export type { Room, Space } from './space.ts'
export type { Thing } from './thing.ts'

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
  /** The folder that it works in; `/` unless told. */
  readonly cwd?: string
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

/** When a name was last changed, and which file it means. */
export type Stamp = Pick<Metadata, 'dev' | 'inode' | 'mtimeNs' | 'ctimeNs' | 'birthNs' | 'links'>
/** Who may do what with a file, in its mode alone. */
export type Owned = Pick<Metadata, 'mode' | 'uid' | 'gid'>

/** How the bytes of a file are replaced. */
export interface ReplaceOptions {
  /** Mode, owner, ACL and attributes to set where the file is missing. */
  readonly like?: Metadata
  readonly mtimeNs?: string
  /** What `isPlain` answered a moment ago: mode and owner are then set without starting a program. */
  readonly plain?: boolean
  /** Where `keep` gave what is replaced another name: what is known of it stays known. */
  readonly keptPath?: string
  /** Goes into the name of the temporary file, so that `sweep` finds what a crash left behind. */
  readonly tag?: string
}

/** Durable, atomic file work. Every method that changes something returns only after fsync of file and folder. */
export interface Files extends Room {
  /** Does not follow links. Throws `not-there` where nothing is, `cannot-restore` where an ACL exists but cannot be read. */
  metadata(path: string): Promise<Metadata>
  /** Only the times and the identity, without any program: null where nothing is. */
  stamp(path: string): Promise<Stamp | null>
  /** Has it nothing beyond mode and owner, and gives its folder nothing else to new files (a default ACL)? */
  isPlain(path: string): Promise<boolean>
  /**
   * Mode and owner of a plain file that `replace` put there and nobody changed in any way since, as the kernel's stamps
   * prove; null where that is not so, or not known. Starts no program.
   */
  asMade(path: string): Promise<Owned | null>
  /** Throws `cannot-restore` for a file larger than `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Buffer>
  /**
   * Looks at what `path` leads to, links followed, through one handle: whatever others rename or link meanwhile, all that
   * is seen is of the same thing. Null where nothing is, a dangling link included.
   */
  look<T>(path: string, work: (thing: Thing) => Promise<T>): Promise<T | null>
  /** Follows links: the path whose bytes a write would change. */
  resolve(path: string): Promise<string>
  /** Is there anything of this name, a dangling link included? */
  exists(path: string): Promise<boolean>
  /** The names in a folder, sorted. */
  list(folder: string): Promise<readonly string[]>
  /**
   * Replaces the bytes of `path` through a temporary file beside it and a rename; mode, owner, ACL and attributes are
   * taken over from the file that is replaced, or set from `like`. `mtimeNs` sets the modification time.
   */
  replace(path: string, bytes: Uint8Array, options?: ReplaceOptions): Promise<void>
  /** A second name in the same folder for the very same file; a full copy where the file system has no such thing. */
  keep(path: string, keptPath: string): Promise<void>
  /** Puts `keptPath` in the place of `path` by one rename: needs no free space. */
  putBack(keptPath: string, path: string): Promise<void>
  /**
   * Sets mode, owner, ACL, attributes and modification time of an existing path; links and flags are left alone. Fails
   * with `wrong-state` where `path` is not the very file or folder `only`.
   */
  setMetadata(path: string, metadata: Metadata, only?: Pick<Metadata, 'dev' | 'inode'>): Promise<void>
  setMtime(path: string, mtimeNs: string): Promise<void>
  /** A folder that everybody may look into (mode 755); one that is there stays as it is. Its parent must be there. */
  makeFolder(path: string): Promise<void>
  /** Removes a folder with nothing in it; one that holds anything stays, and nothing there is fine. */
  removeEmptyFolder(path: string): Promise<void>
  /** A rename inside one file system; fails with `already-exists` when `to` exists. */
  move(from: string, to: string): Promise<void>
  /** Removes a tree that we made; nothing there is fine. */
  remove(path: string): Promise<void>
  /** Removes what a crash left in `folder` under names of our own that carry `tag`. Returns how many. */
  sweep(folder: string, tag: string): Promise<number>
  /**
   * The first folder on the way to `path` in which somebody besides root and the agent could put another thing in the
   * place of what we look at, or null. In a folder with the sticky bit only the owner of an entry can.
   */
  changeableParent(path: string): Promise<string | null>
  /** Why a name in `folder` cannot be changed (read-only file system, immutable folder …), or null. */
  writeBlocker(folder: string): Promise<string | null>
  /** Mount points at or below `path`: a rename cannot move them, or would take them along. */
  mountPointsUnder(path: string): Promise<readonly string[]>
  freeBytes(path: string): Promise<number>
}

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  /** May this account open a session (its shell is not `nologin` or `false`)? */
  readonly mayLogIn: boolean
  readonly primaryGroup: string
  /** Supplementary groups, in the order of the group file. */
  readonly groups: readonly string[]
}

/** What putting an account's membership or log-in back achieved. */
export interface MembershipReturn {
  readonly compared: readonly Compared[]
  readonly kept: readonly string[]
}

export interface Accounts {
  account(name: string): Promise<Account>
  /** Accounts listed in the group; those that have it as primary group are not. */
  members(group: string): Promise<readonly string[]>
  /** The name of the account with this number, or null. */
  nameOfId(uid: number): Promise<string | null>
  groupId(group: string): Promise<number>
  /** As `members`, by the number of the group; empty for a number without a group. */
  membersOfId(gid: number): Promise<readonly string[]>
  /** Only reads. Throws when the membership does not come from this host's own files or could not be restored. */
  membershipImage(
    account: string,
    group: string,
    keepIn: { readonly folder: string; readonly tag: string },
  ): Promise<MembershipImage>
  removeMember(image: MembershipImage, tag: string): Promise<void>
  membershipStanding(image: MembershipImage): Promise<'before' | 'after' | 'conflict' | 'unclear'>
  /** Compare-and-revert: idempotent, keeps what others changed. */
  putMemberBack(image: MembershipImage, tag: string, keptIn: string): Promise<MembershipReturn>
  /**
   * Could a person log in to this account now, with a password or over a directory service, as far as its shell and this
   * host's own files tell?
   */
  isOpen(name: string): Promise<boolean>
  /** Only reads. Throws when the account is not this host's own, has expired already, or could not be restored. */
  disableImage(account: string, keepIn: { readonly folder: string; readonly tag: string }): Promise<DisableImage>
  disable(image: DisableImage, tag: string): Promise<void>
  disabledStanding(image: DisableImage): Promise<'before' | 'after' | 'conflict' | 'unclear'>
  /** Compare-and-revert: idempotent, keeps what others changed, such as a new password. */
  enableAgain(image: DisableImage, tag: string, keptIn: string): Promise<MembershipReturn>
  /** Groups whose members administer this host (`sudo`, `wheel`, `root`, … or `Administrators`). */
  readonly administratorGroups: readonly string[]
  /** The account this agent runs as. */
  readonly own: string
}

export interface Resolver {
  /** Addresses as a program on this host would get them (`getaddrinfo`: the hosts file decides). */
  lookup(name: string, signal: AbortSignal): Promise<readonly string[]>
  /** Empties resolver caches where there are any; returns the names of those emptied. */
  flush(): Promise<readonly string[]>
  readonly hostsFile: string
}

/** What belongs to the agent itself: no policy opens it to a drill. */
export interface OwnThings {
  readonly paths: readonly string[]
  /** Host names of the controller. */
  readonly names: readonly string[]
  /** Where the link goes: the controller, and a proxy on the way to it. */
  readonly links?: readonly { readonly host: string; readonly port: number }[]
}

/** The only door to the operating system. Actions and probes ask for abilities, never which system it is. */
export interface Host {
  readonly platform: 'linux' | 'win32' | 'simulated'
  readonly clock: HostClock
  readonly files: Files
  readonly services: Services
  readonly accounts: Accounts
  readonly processes: Processes
  readonly loads: Loads
  readonly resolver: Resolver
  readonly nameServers: NameServers
  readonly packetFilter: PacketFilter
  readonly network: Network
  readonly mounts: Mounts
  readonly machine: Machine
  readonly own: OwnThings
  /** What this host can do; a missing ability comes with the reason a person can act on. */
  capabilities(): Promise<ReadonlyMap<Capability, { readonly has: boolean; readonly why: string }>>
  /** Runs a program with an argument array; never a shell. Throws only when it cannot be started or times out. */
  run(argv: readonly [string, ...string[]], options: RunOptions): Promise<Finished>
}
