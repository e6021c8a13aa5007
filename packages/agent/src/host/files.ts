import type { Metadata } from './image.ts'
import type { Room } from './space.ts'
import type { Surveys } from './survey.ts'
import type { Thing } from './thing.ts'

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
export interface Files extends Room, Surveys {
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
