import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where labs live: trees, disks and records of the hosts that are up. */
export function stateDir(): string {
  return process.env.CHAOS_LITE_LAB_DIR ?? '/var/lib/chaos-lite-lab'
}

/** Where the base tree and the disk images made from it are kept between runs. */
export function cacheDir(): string {
  return process.env.CHAOS_LITE_LAB_CACHE ?? '/var/cache/chaos-lite-lab'
}

/** Where labs of the whole machine agree about networks, whatever their state folder. */
export const SLOTS_DIR = '/run/chaos-lite-lab/slots'

/** The folder of one lab. */
export function labDir(name: string): string {
  return join(stateDir(), 'labs', name)
}

/** A file that belongs to the lab tool. */
export function toolFile(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}
