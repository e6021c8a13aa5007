import type { Readable, Writable } from 'node:stream'
import type { Compared } from '@chaos-lite/shared'
import type { Abilities } from './abilities.ts'
import type { Administration, Taken } from './administrators.ts'
import type { Files } from './files.ts'
import type { Guards } from './guards.ts'
import type { DisableImage, MembershipImage } from './image.ts'
import type { Loads } from './loads.ts'
import type { Machine } from './machine.ts'
import type { Mounts } from './mounts.ts'
import type { NameServers } from './name-servers.ts'
import type { Network } from './network.ts'
import type { PacketFilter } from './packet-filter.ts'
import type { Processes } from './process.ts'
import type { Services } from './services.ts'

export type { Files, Owned, ReplaceOptions, Stamp } from './files.ts'
export type { DisableImage, FileImage, MembershipImage } from './image.ts'
export type { LoadOrder, Loads, LoadWork, MemoryRoom } from './loads.ts'
export type { OwnedSocket, Processes, ProcessIdentity, ProcessView } from './process.ts'
export type { Services, StopBounds, UnitFate, UnitState } from './services.ts'
export type { Room, Space } from './space.ts'
export type { Thing } from './thing.ts'

/** A program that ran to its end. `code` is null when a signal ended it. */
export interface Finished {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

/** How a program is started, always without a shell. After `timeoutMs` it is killed, and `timed-out` thrown. */
export interface RunOptions {
  readonly timeoutMs: number
  readonly input?: string | Uint8Array
  /** An open file as standard input, instead of `input`. */
  readonly inputFd?: number
  /** Standard input, instead of `input`. It is read to its end, also where the program ends before. */
  readonly inputFrom?: Readable
  /** Gets standard output as it comes, which is then neither bounded nor kept. What it throws ends the program. */
  readonly output?: Writable
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** The umask that it gets; default: that of this process. */
  readonly umask?: number
  /** The folder that it works in; default: `/`. */
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

/** An account as the system's name service lists it, whether from this host's files or a directory (getent(1)). */
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

/** Accounts and groups. What changes them works on this host's own files only, under the lock that its tools use. */
export interface Accounts {
  /** @throws ChaosError `not-there` for a name that the system does not know */
  account(name: string): Promise<Account>
  /** Accounts listed in the group; those that have it as primary group are not. */
  members(group: string): Promise<readonly string[]>
  /** Accounts that have this group as their primary one, as far as the host lists accounts: a directory may not. */
  primaryMembers(gid: number): Promise<readonly string[]>
  /** The groups of a session that begins now, by number, whoever keeps them: the primary one first. */
  groupIds(name: string): Promise<readonly number[]>
  /** The name of the account with this number, or null. */
  nameOfId(uid: number): Promise<string | null>
  groupId(group: string): Promise<number>
  /** As `members`, by the number of the group; empty for a number without a group. */
  membersOfId(gid: number): Promise<readonly string[]>
  /** @throws ChaosError `cannot-restore` where a directory keeps the account, and not this host's own files */
  refuseForeignAccount(name: string): Promise<void>
  /** @throws ChaosError `cannot-restore` where the membership is none that this host's own files list, with the reason */
  refuseForeignMembership(account: string, group: string): Promise<void>
  /** Only reads. Throws when the membership does not come from this host's own files or could not be restored. */
  membershipImage(
    account: string,
    group: string,
    keepIn: { readonly folder: string; readonly tag: string },
  ): Promise<MembershipImage>
  removeMember(image: MembershipImage, tag: string): Promise<void>
  /** `half way`: each file as we left it or as before, because we died in between. */
  membershipStanding(image: MembershipImage): Promise<'before' | 'after' | 'half way' | 'conflict' | 'unclear'>
  /** Compare-and-revert: idempotent, keeps what others changed. */
  putMemberBack(image: MembershipImage, tag: string, keptIn: string): Promise<MembershipReturn>
  /** Only reads. Who could become root if all of this were taken from the host as it is now? */
  administration(taken: readonly Taken[]): Promise<Administration>
  /** Does sudo itself say so now, where it can be asked? True where it cannot. */
  sudoConfirms(name: string): Promise<boolean>
  /**
   * Could a person log in to this account now, with a password or over a directory service, as far as its shell and this
   * host's own files say?
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

/** How names resolve on this host. */
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
  readonly guards: Guards
  /** What this host can do; a missing ability comes with the reason a person can act on. */
  abilities(): Promise<Abilities>
  /** The names of all such things, to find the nearest to one that was mistyped; absent where nobody can be asked. */
  names?(kind: 'service' | 'account' | 'group'): Promise<readonly string[]>
  /** Runs a program with an argument array; never a shell. Throws only when it cannot be started or times out. */
  run(argv: readonly [string, ...string[]], options: RunOptions): Promise<Finished>
}
