import { NotCompared } from '@chaos-lite/shared'
import * as z from 'zod'

const MOST_TEXT = 4_096
/** More differences than this are counted, not listed. */
export const MOST_DIFFERENCES = 50

/** What became of the file that the owner planted in the backup. */
export const Canary = z.enum(['returned', 'missing', 'not planted'])
export type Canary = z.infer<typeof Canary>

const Count = z.number().min(0)

/**
 * What a comparison found, bounded: `differenceCount` says how many there were. `newestMs` null: no file was restored.
 */
export const ComparisonAnswer = z.strictObject({
  items: Count,
  byBytes: Count,
  differences: z.array(z.string().max(MOST_TEXT)).max(MOST_DIFFERENCES),
  differenceCount: Count,
  notCompared: z.array(NotCompared).max(16),
  newestMs: z.number().nullable(),
  canary: Canary,
  how: z.string().max(256),
  /** Was there something to compare with? */
  liveExists: z.boolean(),
})
export type ComparisonAnswer = z.infer<typeof ComparisonAnswer>

/**
 * A restored database as its own box saw it: what it is compared by outside of the box. `newestMs` null: nobody asked
 * for it.
 */
export const DatabaseSeen = z.strictObject({
  tables: z
    .array(
      z.strictObject({
        name: z.string().max(512),
        rows: Count,
        parts: z.record(z.string().max(8), z.string().max(64)),
      }),
    )
    .max(5_000),
  newestMs: z.number().nullable(),
  canary: Canary,
})
export type DatabaseSeen = z.infer<typeof DatabaseSeen>
