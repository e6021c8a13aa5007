import * as z from 'zod'
import { line } from '../primitives.ts'

/** The phases of a run, in order. */
export const Phase = z.enum([
  'planned',
  'approved',
  'preflight',
  'baseline',
  'injecting',
  'holding',
  'reverting',
  'verifying',
  'ended',
])
export type Phase = z.infer<typeof Phase>

/** How a run ended. Skipped: nothing was changed, such as after a refusal. Missed: a scheduled run that never began. */
export const Outcome = z.enum(['passed', 'failed', 'aborted', 'skipped', 'missed'])
export type Outcome = z.infer<typeof Outcome>

/** Was the failure seen on the consumer's path? */
export const Effect = z.enum(['proved', 'not seen', 'not applicable'])
export type Effect = z.infer<typeof Effect>

/** How a host came back, best first. A run shows the worst of its hosts. */
export const Restoration = z.enum(['not applicable', 'identical', 'ours undone', 'pending', 'unknown', 'stuck'])
export type Restoration = z.infer<typeof Restoration>

/** Up and down compare a sample with what is expected; `not evaluated`: it could not be taken, which proves nothing. */
export const ProbeStatus = z.enum(['up', 'down', 'not evaluated'])
export type ProbeStatus = z.infer<typeof ProbeStatus>

/** What a probe saw: plain scalars, never bodies or file contents; bounded and printable like all that hosts send. */
export const ProbeValue = z
  .record(line(64), z.union([line(1024), z.number(), z.boolean(), z.null()]))
  .refine((value) => Object.keys(value).length <= 64, 'must have at most 64 fields')
export type ProbeValue = z.infer<typeof ProbeValue>

/** Why something was rolled back. */
export const RevertCause = z.enum([
  'hold ended',
  'released early',
  'abort',
  'stop all',
  'lease lost',
  'halt',
  'shutdown',
  'failsafe',
  'recovery',
  'inject failed',
  'effect not seen',
  'by hand',
  'tried again',
])
export type RevertCause = z.infer<typeof RevertCause>

/** One thing compared after a revert. `same` is false where the host is not as it was. */
export const Compared = z.strictObject({
  item: line(512),
  before: line(512),
  now: line(512),
  same: z.boolean(),
})
export type Compared = z.infer<typeof Compared>
