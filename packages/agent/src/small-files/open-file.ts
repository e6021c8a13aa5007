import {
  type BigIntStats,
  closeSync,
  fchmodSync,
  fchownSync,
  fdatasync,
  fstatSync,
  fsync,
  ftruncateSync,
  readSync,
  type Stats,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { promisify } from 'node:util'

const syncInThread = promisify(fsync)
const datasyncInThread = promisify(fdatasync)

/** What is used of a `FileHandle` of Node.js. */
export interface OpenFile {
  readonly fd: number
  read<Room extends Uint8Array>(
    room: Room,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number; readonly buffer: Room }>
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesWritten: number }>
  /** From where the file stands now. */
  writeFile(content: string | Uint8Array): Promise<void>
  stat(): Promise<Stats>
  stat(options: { readonly bigint: true }): Promise<BigIntStats>
  chown(uid: number, gid: number): Promise<void>
  chmod(mode: number): Promise<void>
  truncate(sizeBytes: number): Promise<void>
  sync(): Promise<void>
  datasync(): Promise<void>
  close(): Promise<void>
}

/** A file of which all is done at once, but for waiting for the disk. */
export class FileAtOnce implements OpenFile {
  #fd: number

  constructor(fd: number) {
    this.#fd = fd
  }

  get fd(): number {
    return this.#fd
  }

  async read<Room extends Uint8Array>(
    room: Room,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number; readonly buffer: Room }> {
    return { bytesRead: readSync(this.#fd, room, offset, length, position), buffer: room }
  }

  async write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }> {
    return { bytesWritten: writeSync(this.#fd, bytes, offset, length, position) }
  }

  async writeFile(content: string | Uint8Array): Promise<void> {
    writeFileSync(this.#fd, content)
  }

  stat(): Promise<Stats>
  stat(options: { readonly bigint: true }): Promise<BigIntStats>
  async stat(options?: { readonly bigint: true }): Promise<Stats | BigIntStats> {
    return options ? fstatSync(this.#fd, options) : fstatSync(this.#fd)
  }

  async chown(uid: number, gid: number): Promise<void> {
    fchownSync(this.#fd, uid, gid)
  }

  async chmod(mode: number): Promise<void> {
    fchmodSync(this.#fd, mode)
  }

  async truncate(sizeBytes: number): Promise<void> {
    ftruncateSync(this.#fd, sizeBytes)
  }

  sync(): Promise<void> {
    return syncInThread(this.#fd)
  }

  datasync(): Promise<void> {
    return datasyncInThread(this.#fd)
  }

  /** A second time it does nothing: the number may belong to another file by then. */
  async close(): Promise<void> {
    const fd = this.#fd
    this.#fd = -1
    if (fd !== -1) closeSync(fd)
  }
}
