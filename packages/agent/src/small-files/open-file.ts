import {
  type BigIntStats,
  closeSync,
  fchmodSync,
  fchownSync,
  fdatasync,
  fstatSync,
  fsync,
  ftruncate,
  ftruncateSync,
  readFileSync,
  readSync,
  type Stats,
  write,
  writeFile,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { promisify } from 'node:util'
import { mayTakeLong, noticing } from './may-take-long.ts'

const inThread = {
  sync: promisify(fsync),
  datasync: promisify(fdatasync),
  truncate: promisify(ftruncate),
  write: promisify(write),
  writeFile: promisify(writeFile),
}

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
  /** All of it. */
  readFile(): Promise<Buffer>
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

/** A file of which all is done at once, but for waiting for the disk; nor are bytes handed to it while it is slow. */
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
    if (mayTakeLong()) return inThread.write(this.#fd, bytes, offset, length, position)
    return { bytesWritten: noticing(() => writeSync(this.#fd, bytes, offset, length, position)) }
  }

  async readFile(): Promise<Buffer> {
    return readFileSync(this.#fd)
  }

  async writeFile(content: string | Uint8Array): Promise<void> {
    if (mayTakeLong()) await inThread.writeFile(this.#fd, content)
    else noticing(() => writeFileSync(this.#fd, content))
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
    if (mayTakeLong()) await inThread.truncate(this.#fd, sizeBytes)
    else noticing(() => ftruncateSync(this.#fd, sizeBytes))
  }

  sync(): Promise<void> {
    return inThread.sync(this.#fd)
  }

  datasync(): Promise<void> {
    return inThread.datasync(this.#fd)
  }

  /** A second time it does nothing: the number may belong to another file by then. */
  async close(): Promise<void> {
    const fd = this.#fd
    this.#fd = -1
    if (fd !== -1) closeSync(fd)
  }
}
