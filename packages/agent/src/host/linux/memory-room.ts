import { readFile } from 'node:fs/promises'
import type { MemoryRoom } from '../loads.ts'

/** The host's memory, or that of the group that this process is confined to, whichever is tighter. */
export async function memoryRoom(): Promise<MemoryRoom> {
  const { totalBytes, availableBytes } = parseMemory(await readFile('/proc/meminfo', 'utf8'))
  return { totalBytes, availableBytes: Math.min(availableBytes, process.availableMemory()) }
}

/** `man 5 proc_meminfo`: lines such as `MemAvailable:   12345 kB`. */
export function parseMemory(text: string): MemoryRoom {
  const bytesOf = (field: string) => Number(new RegExp(`^${field}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024
  return { totalBytes: bytesOf('MemTotal'), availableBytes: bytesOf('MemAvailable') }
}
