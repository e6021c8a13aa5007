import { NotCompared } from '@chaos-lite/shared'
import { MessageSchema } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { Canary, ComparisonAnswer, DatabaseSeen, MOST_DIFFERENCES } from '../../backups/index.ts'
import { RepositoryDefinition } from '../../definitions/index.ts'

/** One line of an answer may be so long: what a database is compared by is the longest. */
export const MOST_LINE_BYTES = 64 * 1024 * 1024
const MOST_TEXT = 4_096

const Path = z.string().min(1).max(8_192)
const Count = z.number().min(0)

/**
 * One backup of a repository. `takenMs` is UTC; `sizeBytes` null: the tool does not say; `of`: its series.
 */
export const SnapshotAnswer = z.strictObject({
  id: z.string().max(8_192),
  takenMs: z.number(),
  sizeBytes: z.number().nullable(),
  of: z.string().max(1_024).optional(),
})

const Source = z.strictObject({
  /** The name of the repository on this host. */
  name: z.string().max(256),
  repository: RepositoryDefinition,
  inside: z.string().max(8_192),
  cacheFolder: Path.nullable(),
})

/**
 * One piece of work that reads a backup or the files of others. It is done in a box. Null: `live` where there is
 * nothing to compare with, `folder` for all that the repository holds, `sample` to compare the bytes of every file.
 */
export const Work = z.discriminatedUnion('kind', [
  Source.extend({ kind: z.literal('newest') }),
  Source.extend({
    kind: z.literal('restore'),
    check: z.boolean(),
    target: Path,
    /** At most so many bytes may be restored. */
    maxBytes: z.number(),
  }),
  Source.extend({
    kind: z.literal('compare'),
    snapshot: SnapshotAnswer,
    restored: Path,
    live: Path.nullable(),
    folder: Path.nullable(),
    sample: z.number().nullable(),
  }),
])
export type Work = z.infer<typeof Work>

/** What people must know of how it was restored. */
const Notes = z.array(z.string().max(512)).max(4)

/** What came of it. Null: a repository without a backup, and what was restored is no database. */
export const Done = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('newest'), snapshot: SnapshotAnswer.nullable() }),
  z.strictObject({ kind: z.literal('restore'), snapshot: SnapshotAnswer, seen: DatabaseSeen.nullable(), notes: Notes }),
  z.strictObject({ kind: z.literal('compare'), comparison: ComparisonAnswer }),
])
export type Done = z.infer<typeof Done>

const Result = z.strictObject({
  ok: z.boolean(),
  reason: z.string().max(MOST_TEXT).nullable(),
  items: Count,
  differences: z.array(z.string().max(MOST_TEXT)).max(MOST_DIFFERENCES),
  differenceCount: Count,
  notCompared: z.array(NotCompared).max(16),
  dataAgeMs: z.number().nullable(),
  canary: Canary,
})

/** A line that a child process says; the last one is not a phase. */
export const Said = z.union([
  z.strictObject({ phase: z.string().min(1).max(64), tookMs: Count }),
  z.strictObject({ done: Done }),
  z.strictObject({ messages: z.array(MessageSchema).max(32) }),
  z.strictObject({ result: Result }),
  z.strictObject({ failed: z.strictObject({ code: z.string().max(64), text: z.string().max(MOST_TEXT) }) }),
])
export type Said = z.infer<typeof Said>

/**
 * What the agent asks of the process that carries out one exercise: one line on its standard input. `quarantine` null:
 * no failure of the run has moved the folder aside, so nothing takes its place.
 */
export const ExerciseOrder = z.strictObject({
  task: z.enum(['describe', 'perform']),
  /** Prefix of every unit that belongs to this exercise. */
  name: z.string().max(64),
  /** Are there transient units on this host? */
  units: z.boolean(),
  params: z.unknown(),
  repository: RepositoryDefinition,
  scratchFolder: Path,
  quarantine: z.strictObject({ recordId: z.string().max(64), movedTo: Path, recordFolder: Path }).nullable(),
  own: z.strictObject({ paths: z.array(z.string()), names: z.array(z.string()) }),
})
export type ExerciseOrder = z.infer<typeof ExerciseOrder>
