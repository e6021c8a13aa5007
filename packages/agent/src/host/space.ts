/** Room on a file system. */
export interface Space {
  /** What an ordinary account may still write. */
  readonly freeBytes: number
  readonly totalBytes: number
  /** Its kind, where the bytes lie on disks of this host; null for memory, for the network, and for what is not known. */
  readonly onDisk: string | null
}

/** Files of our own that take room. */
export interface Room {
  space(path: string): Promise<Space>
  /** An empty file that must not exist yet; its name is durable. */
  create(path: string): Promise<void>
  /** Has this file of zeros another byte in its first or last MiB? True too for what is no file. */
  holdsData(path: string): Promise<boolean>
  /** Gives a file another name in its folder, and gives back the room that was only reserved for it where that can be done. */
  moveWithoutReserve(from: string, to: string): Promise<void>
  /** Gives a file of ours this length: what it grows by is really taken. Never follows a link. */
  allocate(path: string, bytes: number, signal?: AbortSignal): Promise<void>
}
