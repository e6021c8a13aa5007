import { fileURLToPath } from 'node:url'
import type { Manifest } from '../../lab/manifest.ts'
import { Holder } from '../namespace/holder.ts'
import type { Thing } from '../scene.ts'

/** One thing that the kernel asked of a disk: to write, or (a flush) to make everything written before last. */
export interface Entry {
  readonly write: boolean
  readonly disk: number
  /** Bytes; 0 for a flush. */
  readonly length: number
  readonly offset: number
  /** Seconds since 1970. */
  readonly atS: number
}

export const LAYOUTS = ['one', 'two'] as const
/** `one`: all folders on one disk. `two`: the agent's own folder on another, as where /var is a disk of its own. */
export type Layout = (typeof LAYOUTS)[number]

/**
 * What the disks held when the power went. It went before entry `point`; of the writes that no flush came after, those in
 * `keep` had arrived, and of the write `torn[0]` only the first `torn[1]` sectors of 512 bytes.
 */
export interface Image {
  readonly point: number
  readonly keep: readonly number[]
  readonly torn: readonly [entry: number, sectors: number] | null
}

/** What the ground of a recorded host can be asked; see `stage.py`. */
interface Operations {
  record: {
    ask: { kind: string; layout: Layout; scene: readonly Thing[]; sync_seed: number | null }
    answer: { leader: number }
  }
  /** The host goes on from a state of its disks, which are recorded anew. */
  record_again: { ask: Image & { sync_seed: number | null }; answer: { leader: number } }
  reboot: { ask: object; answer: { leader: number } }
  cut: { ask: object; answer: { entries: Entry[] } }
  /** `state` is the same for what no program could distinguish; null: the file system could not be mounted. */
  image: { ask: Image; answer: { state: string | null; why: string | null } }
  start: { ask: object; answer: { leader: number } }
  manifest: { ask: object; answer: Manifest }
  keep: { ask: { folder: string; about: object }; answer: object }
  load: { ask: { folder: string; kind: string; layout: Layout }; answer: { entries: Entry[] } }
  clear: { ask: object; answer: object }
}
export type Stage = Holder<Operations>

/** Starts the ground of one recorded host; nothing of it is left when it is disposed. */
export function openStage(): Stage {
  return Holder.start<Operations>(fileURLToPath(new URL('stage.py', import.meta.url)))
}
