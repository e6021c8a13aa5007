import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './temporary-folder.ts'

export interface SmallDisk {
  readonly path: string
  /** To its last byte. */
  fill(): void
  free(): void
}

/** Mounting needs root, and Linux. */
export const mayMount = process.getuid?.() === 0 && process.platform === 'linux'

/** A file system of its own, so that it can be full without anybody else noticing; null where mounting is forbidden. */
export function smallDisk(megabytes: number): SmallDisk | null {
  const path = join(temporaryFolder(), 'disk')
  mkdirSync(path)
  const disk = mountSmallDisk(path, megabytes)
  if (disk !== null) onTestFinished(() => disk[Symbol.dispose]())
  return disk
}

/** The same on a folder that is there, until it is disposed of. */
export function mountSmallDisk(path: string, megabytes: number): (SmallDisk & Disposable) | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'chaos-lite-test', path])
  } catch {
    return null
  }
  const ballast = join(path, 'ballast')
  return {
    path,
    fill() {
      const file = openSync(ballast, 'a')
      try {
        for (const bytes of [1024 * 1024, 4096, 1]) writeUntilFull(file, Buffer.alloc(bytes))
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    [Symbol.dispose]: () => void execFileSync('umount', ['-l', path]),
  }
}

function writeUntilFull(file: number, bytes: Buffer): void {
  try {
    for (;;) writeSync(file, bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}
