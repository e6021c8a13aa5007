import { readFile, stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/** A sector of `/proc/diskstats` has 512 bytes, whatever the disk (`Documentation/admin-guide/iostats.rst`). */
const sectorBytes = 512

/** How busy all processors together are, over `windowMs` from now. */
export async function busyPercent(windowMs: number): Promise<number> {
  const before = parseCpu(await readFile('/proc/stat', 'utf8'))
  await pause(windowMs)
  return busyBetween(before, parseCpu(await readFile('/proc/stat', 'utf8')))
}

interface CpuTimes {
  readonly idle: number
  readonly total: number
}

/** The line of all processors (`man 5 proc_stat`); the time of guests is part of `user` already. Waiting is idling. */
export function parseCpu(text: string): CpuTimes {
  const times = (/^cpu +(.+)$/m.exec(text)?.[1] ?? '').split(' ').slice(0, 8).map(Number)
  const [, , , idle = 0, waiting = 0] = times
  return { idle: idle + waiting, total: times.reduce((sum, each) => sum + each, 0) }
}

/** The busy share between two readings of /proc/stat (proc_stat(5)) in per cent; 0 where no tick has passed. */
export function busyBetween(before: CpuTimes, after: CpuTimes): number {
  const total = after.total - before.total
  return total <= 0 ? 0 : Math.round((100 * (total - (after.idle - before.idle))) / total)
}

/** Bytes written to the device of this path since boot; null for a device that /proc/diskstats does not list. */
export async function writtenBytes(path: string): Promise<number | null> {
  const { dev } = await stat(path)
  return parseWritten(await readFile('/proc/diskstats', 'utf8'), dev)
}

/** The tenth column of the disk's row: sectors written. `dev` as stat(2) gives it. */
export function parseWritten(text: string, dev: number): number | null {
  const wide = BigInt(dev)
  const major = ((wide >> 8n) & 0xfffn) | ((wide >> 32n) & ~0xfffn)
  const minor = (wide & 0xffn) | ((wide >> 12n) & ~0xffn)
  const row = text
    .split('\n')
    .map((line) => line.trim().split(/ +/))
    .find(([first, second]) => first === String(major) && second === String(minor))
  return row?.[9] === undefined ? null : Number(row[9]) * sectorBytes
}
