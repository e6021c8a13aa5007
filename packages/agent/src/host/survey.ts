/** One entry of a tree, as an independent eye would list it. Names are bytes: a name need not be text. */
export interface Surveyed {
  /** Relative to the folder that is surveyed; empty for that folder itself. */
  readonly path: Buffer
  /** As in `Metadata`: `link` is a symbolic link. */
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  /** The permission bits with set-uid, set-gid and sticky (`& 0o7777`). */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Of files and links; 0 for the rest, whose size means nothing. */
  readonly sizeBytes: number
  /** Inode number: one file under two names is listed twice with the same one. */
  readonly inode: string
  /** When anything about it was changed last. No program can set it. */
  readonly ctimeNs: string
  /** Where a link leads, as it is written in the link. */
  readonly target: Buffer | null
  /** Of a file, in hexadecimal, where digests are asked for. */
  readonly sha256: string | null
}

/** How closely a folder is surveyed. More than `maxEntries` entries end it with an error. */
export interface SurveyOptions {
  readonly digests: boolean
  readonly maxEntries: number
  readonly signal: AbortSignal
}

/** Programs that use something in a tree. */
export interface TreeUser {
  readonly pid: number
  readonly name: string
}

/** What can be said of a whole tree that other people may have changed. */
export interface Surveys {
  /**
   * Calls `each` for everything at and below `folder`; links are never followed, and only regular files are opened.
   * Throws `too-many` beyond `maxEntries`.
   */
  survey(folder: string, options: SurveyOptions, each: (entry: Surveyed) => void): Promise<void>
  /**
   * Processes besides this one and its children that work in `folder` or below it, or have something of it open or
   * mapped: known by its path, and by the inode numbers of the tree for a process that sees it under another path.
   */
  treeUsers(folder: string, inodes: ReadonlySet<string>): Promise<readonly TreeUser[]>
}
