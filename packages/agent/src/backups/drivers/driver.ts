import type { RepositoryDefinition } from '../../definitions/index.ts'
import type { Canary, DatabaseSeen } from '../answers.ts'
import type { Comparison } from '../comparison/comparison.ts'
import type { WorkHost } from '../work-host.ts'

/** One state that a repository can give back. `sizeBytes` is null where finding out would cost too much. */
export interface Snapshot {
  readonly id: string
  /** When the backup was taken (restic: begun), UTC milliseconds. */
  readonly takenMs: number
  readonly sizeBytes: number | null
  /** Which series of a shared repository it belongs to, in words that are the same for all of that series. */
  readonly of?: string | undefined
}

/** What a restore would bring back. */
export interface Listing {
  readonly entries: number
  readonly bytes: number
  /** tar: which members make up the part, one character for each byte; undefined: all of them. */
  readonly names?: readonly string[] | undefined
  /** tar: which of them are devices, which are never made. */
  readonly without?: readonly string[]
  /** How many entries are neither file, folder nor link, and are not made. */
  readonly notMade?: number
}

/** What a driver works with. It runs inside a box: `host` starts programs there and nowhere else. */
export interface DriverContext {
  readonly host: WorkHost
  readonly repository: RepositoryDefinition
  /** What is to be restored, as a path inside the backup: a shared repository is asked for backups that hold it. */
  readonly inside: string
  readonly signal: AbortSignal
  /** For the tool's own cache, wiped with the rest; null: it shall keep none. */
  readonly cacheFolder: string | null
  /** For the record: what people must know of how it was restored, in part of a sentence. */
  note?(what: string): void
}

/** One part of a snapshot: `inside` is the path inside the backup, `.` for all of it. */
export interface Part {
  readonly snapshot: Snapshot
  readonly inside: string
}

/** A restored database, and what it is compared with. */
export interface DataToCompare {
  /** The folder that it was restored into. */
  readonly restored: string
  /** As `compareWith` names it, or null. */
  readonly live: string | null
  readonly takenMs: number
}

/** As a comparison of trees; the items are rows. */
export interface DataComparison extends Comparison {
  readonly canary: Canary
  /** What was compared how, such as `12 tables row by row`. */
  readonly how: string
}

/**
 * How one kind of backup is read. Nothing here ever writes to the repository. Every failure is a ChaosError that a
 * person can act on; `backup-unusable` where the backup itself is at fault.
 */
export interface BackupDriver {
  readonly name: RepositoryDefinition['driver']
  /** The program that must be installed, where one must be, as the docs say it. */
  readonly program?: string
  /** Does it bring mode and owner back, or only bytes and times? */
  keepsOwners(snapshot: Snapshot): boolean | Promise<boolean>
  /** Does it bring access lists and file capabilities back as well? */
  readonly keepsAccess?: true
  /** Does a restore also bring back mode, owner and times of the part's own folder? */
  readonly bringsFolder?: true
  /** Newest first, of one series only. @throws ChaosError where it is not known which one is meant */
  snapshots(context: DriverContext, atMost: number): Promise<readonly Snapshot[]>
  /** Is everything installed that this snapshot is read by? @throws ChaosError `capability-missing` */
  ready?(context: DriverContext, snapshot: Snapshot): Promise<void>
  /** What a whole snapshot would restore, where `snapshots` does not state its size. */
  size?(context: DriverContext, snapshotId: string): Promise<Listing>
  /** Reads the repository's own checksums, where it has any and that is not done by restoring anyway. */
  check?(context: DriverContext): Promise<void>
  /** Refuses what is not safe to restore; stops counting above `maxBytes`. */
  list(context: DriverContext, part: Part, maxBytes: number): Promise<Listing>
  /** Below `target`, where the contents of the part will lie. */
  contentsAt(target: string, inside: string): string
  /** The folder `contentsAt` exists already and is empty. `listed` is what `list` found. */
  restore(context: DriverContext, part: Part, target: string, listed: Listing): Promise<void>
  /** Databases are compared by their rows, because a live one never has the same bytes. Without it: as trees of files. */
  compare?(context: DriverContext, what: DataToCompare): Promise<DataComparison>
  /** What a restored database holds, reported from the same box: its server does not leave it. Instead of `compare`. */
  look?(context: DriverContext, target: string): Promise<DatabaseSeen>
  /** Compares that with the live database, outside of the box. */
  judge?(context: DriverContext, seen: DatabaseSeen, takenMs: number): Promise<DataComparison>
  /** Ends what `restore` started, whatever came of it. Nothing to end is fine. */
  end?(context: DriverContext, target: string): Promise<void>
}
