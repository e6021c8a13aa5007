import type { Compared } from '@chaos-lite/shared'
import { touchDate } from '../host/index.ts'
import type { Reverted } from './action.ts'

/** Identical only when everything compared is the same; what others changed is reported; all else is unknown. */
export function outcomeOf(compared: readonly Compared[], kept: readonly string[]): Reverted {
  if (compared.every(({ same }) => same)) return { restoration: 'identical', compared, kept }
  return { restoration: kept.length > 0 ? 'ours undone' : 'unknown', compared, kept }
}

/** A path as a person types it in a shell. */
export function quoted(path: string): string {
  return /^[A-Za-z0-9_./:@-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

/** The time that `touch` needs to give a file or folder its old modification time. */
export function touchCommand(path: string, mtimeNs: string): string {
  return `touch -m -d ${touchDate(mtimeNs)} ${quoted(path)}`
}
