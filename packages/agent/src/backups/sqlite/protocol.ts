import * as z from 'zod'

const Column = z.tuple([z.string(), z.string()])

/**
 * What the agent asks its own child process, as one line of JSON on standard input. Null: not asked for, or nothing to
 * compare with.
 */
export const DataRequest = z.strictObject({
  restored: z.string(),
  live: z.string().nullable(),
  /** The live database was not written to since the backup was taken: then every row must be the same. */
  unchanged: z.boolean(),
  canary: z.strictObject({ at: Column, sha256: z.string() }).nullable(),
  newest: Column.nullable(),
})
export type DataRequest = z.infer<typeof DataRequest>

/** What it answers, on standard output. `newestMs` is UTC; null: not asked for, or the table is empty. */
export const DataAnswer = z.strictObject({
  /** Of the integrity check, in SQLite's own words; empty when it is sound. */
  problems: z.array(z.string()),
  tables: z.int().min(0),
  rows: z.int().min(0),
  differences: z.array(z.string()),
  changedSince: z.int().min(0),
  newestMs: z.number().nullable(),
  canary: z.enum(['returned', 'missing', 'not planted']),
})
export type DataAnswer = z.infer<typeof DataAnswer>
