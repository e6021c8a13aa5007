import { line } from '@chaos-lite/shared'
import * as z from 'zod'
import type { Files } from '../../host/index.ts'
import type { Standing } from '../action.ts'
import { isFileAway, ownFileUndo } from './own-file.ts'

/** 2^20 bytes (IEC 80000-13). */
export const mebibyte = 1024 * 1024
/** Below this nothing works any more, whatever the share; more where the agent itself must go on writing. */
export const floorBytes = 64 * mebibyte
/** What stays free where the agent's own journal lies: its records and the original files that it keeps need it. */
export const journalFloorBytes = 128 * mebibyte

/** Before: nothing at `path`. After: a file of ours that takes room. */
export const FillUndo = z.strictObject({
  ...ownFileUndo,
  kind: line(32),
  totalBytes: z.int().min(1),
  /** Filled until no more than this is free. */
  leaveBytes: z.int().min(1),
  /** Room is given back when others leave less than this. */
  floorBytes: z.int().min(1),
  /** The largest size that the file may get, in bytes; null in records of programs that knew no bound. */
  mostBytes: z.int().min(1).nullable(),
  /** With less than this the file system is seen to be filled. */
  seenBytes: z.int().min(1),
})
export type FillUndo = z.infer<typeof FillUndo>

/** Nobody else can have a file of this name: it carries the record's id. */
export async function fillStanding(files: Files, undo: FillUndo): Promise<Standing> {
  const { path } = undo
  if (await isFileAway(files, undo)) return 'unclear'
  if ((await files.stamp(path)) === null) return 'before'
  const { kind, sizeBytes } = await files.metadata(path)
  return kind === 'file' && sizeBytes > 0 ? 'after' : 'conflict'
}

/** A drill that names no limit of its own never makes a larger file. */
export const unaskedMiB = 50 * 1024

/**
 * What would be taken if there were no limit, from what the effect is seen by: the free bytes less half of what is
 * taken, which is the smaller of this and the limit. For an undo record that keeps no more.
 */
export function wantedBytes(undo: { seenBytes: number; leaveBytes: number; mostBytes: number }): number {
  const { seenBytes, leaveBytes, mostBytes } = undo
  const twice = 2 * (seenBytes - leaveBytes)
  return twice <= mostBytes ? twice : (twice + mostBytes) / 2
}

/** Rounded to whole MiB, for people; bytes decide. */
export function inMiB(bytes: number): number {
  return Math.round(bytes / mebibyte)
}

/** A size for people, such as `512 MiB`. */
export function mebibytes(bytes: number): string {
  return `${inMiB(bytes)} MiB`
}
