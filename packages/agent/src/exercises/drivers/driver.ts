import type { Host } from '../../host/host.ts'
import type { RepositoryDefinition } from '../../policy/definitions.ts'

/** One state that a repository can give back. `sizeBytes` is null where finding out would cost too much. */
export interface Snapshot {
  readonly id: string
  /** When the backup was taken (restic: begun), UTC milliseconds. */
  readonly takenMs: number
  readonly sizeBytes: number | null
}

/** What a restore would bring back. */
export interface Listing {
  readonly entries: number
  readonly bytes: number
}

export interface DriverContext {
  readonly host: Host
  readonly repository: RepositoryDefinition
  readonly signal: AbortSignal
  /** For the tool's own cache, wiped with the rest; null: it shall keep none. */
  readonly cacheFolder: string | null
}

/** One part of a snapshot: `inside` is the path inside the backup, `.` for all of it. */
export interface Part {
  readonly snapshot: Snapshot
  readonly inside: string
}

/**
 * How one kind of backup is read. Nothing here ever writes to the repository. Every failure is a ChaosError that a
 * person can act on; `backup-unusable` where the backup itself is at fault.
 */
export interface BackupDriver {
  readonly name: RepositoryDefinition['driver']
  /** Does it bring mode and owner back, or only bytes and times? */
  keepsOwners(snapshot: Snapshot): boolean
  /** Does a restore also bring back mode, owner and times of the part's own folder? */
  readonly bringsFolder?: true
  /** Newest first. */
  snapshots(context: DriverContext, atMost: number): Promise<readonly Snapshot[]>
  /** What a whole snapshot would restore, where `snapshots` does not tell its size. */
  size?(context: DriverContext, snapshotId: string): Promise<Listing>
  /** Reads the repository's own checksums, where it has any and that is not done by restoring anyway. */
  check?(context: DriverContext): Promise<void>
  /** Refuses what is not safe to restore; stops counting above `maxBytes`. */
  list(context: DriverContext, part: Part, maxBytes: number): Promise<Listing>
  /** Below `target`, where the contents of the part will lie. */
  contentsAt(target: string, inside: string): string
  /** The folder `contentsAt` exists already and is empty. */
  restore(context: DriverContext, part: Part, target: string): Promise<void>
}
