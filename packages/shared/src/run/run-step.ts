import * as z from 'zod'
import { HostId, line, Ms, Name, Ulid } from '../primitives.ts'
import { Compared, Restoration, RevertCause } from './event.ts'
import { Moment } from './moment.ts'
import { NotCompared } from './not-compared.ts'

/** How far one step has come on one host, as one word. `unknown` and `stuck` are never called `reverted`. */
export const StepHostState = z.enum([
  'waiting',
  'started',
  'armed',
  'injected',
  'effect seen',
  'reverting',
  'reverted',
  'unknown',
  'stuck',
  'failed',
  'done',
])
export type StepHostState = z.infer<typeof StepHostState>

/**
 * What an exercise came to on one host. Null: `reason` of one that succeeded, `dataAgeMs` where no restored item has an
 * age.
 */
export const ExerciseResult = z.strictObject({
  ok: z.boolean(),
  reason: z.string().nullable(),
  totalMs: Ms,
  phases: z.array(z.strictObject({ phase: line(64), tookMs: Ms })).max(32),
  items: z.int().min(0),
  differences: z.array(line(512)).max(50),
  differenceCount: z.int().min(0).optional().describe('How many there are; the list names the first ones only'),
  notCompared: z.array(NotCompared).max(16).optional().describe('Facts of older agents do not have it'),
  dataAgeMs: Ms.nullable(),
  canary: z.enum(['returned', 'missing', 'not planted']),
})
export type ExerciseResult = z.infer<typeof ExerciseResult>

/**
 * One step on one host. A host has one row per step; should its agent report a second record for the same step, that
 * record gets a row of its own, so that nothing changed is ever forgotten. Null: no fact has said it so far; a step
 * without an exercise has no `exercise`, and `byHand` is there only for what is stuck.
 */
export const StepHost = z.strictObject({
  hostId: HostId,
  recordId: Ulid.nullable(),
  action: line(64).nullable(),
  state: StepHostState,
  order: z
    .enum(['none', 'given', 'accepted', 'refused'])
    .describe('What became of the command; refused: by the word of the host, nothing was changed'),
  armed: Moment.nullable(),
  revertByWallMs: z.int().nullable().describe("The safety timer, by the host's calendar clock"),
  begun: Moment.nullable(),
  injected: Moment.nullable(),
  effectLost: z.string().nullable(),
  failure: z.string().nullable(),
  revertBegun: Moment.nullable(),
  cause: RevertCause.nullable(),
  revertEnded: Moment.nullable(),
  restoration: Restoration,
  stuck: z
    .strictObject({ was: Restoration, at: Moment })
    .optional()
    .describe('It was reported as stuck or unknown first, whatever it is now'),
  again: RevertCause.optional().describe('Why it was tried once more after that'),
  compared: z.array(Compared).max(200),
  kept: z.array(line(512)).max(50),
  byHand: z.string().nullable(),
  phases: z
    .array(z.strictObject({ phase: line(64), tookMs: Ms }))
    .max(32)
    .describe('Phases of an exercise so far'),
  exercise: ExerciseResult.nullable(),
})
export type StepHost = z.infer<typeof StepHost>

/**
 * Was the failure of this step seen on the consumer's path? `seenMs` is UTC of the controller. Null: not so far, or not
 * at all.
 */
export const StepEffect = z.strictObject({
  state: z.enum(['not applicable', 'waiting', 'seen', 'missed']),
  probeId: Name.nullable(),
  seenOn: z.array(HostId).max(1000),
  missedOn: z.array(HostId).max(1000),
  seenMs: z.number().nullable(),
  reason: z.string().nullable(),
})
export type StepEffect = z.infer<typeof StepEffect>

/**
 * One step of the method. `hosts` is empty for steps that only people or the controller take part in. Times are UTC ms
 * of the controller; null: not yet. `ok` and `reason` are null until the step has ended, and `reason` of one that went
 * well.
 */
export const RunStep = z.strictObject({
  stepId: Name,
  kind: z.enum(['inject', 'exercise', 'ask', 'alert', 'wait']),
  state: z.enum(['waiting', 'started', 'ended']),
  ok: z.boolean().nullable(),
  reason: z.string().nullable(),
  startedMs: z.number().nullable(),
  endedMs: z.number().nullable(),
  effect: StepEffect,
  hosts: z.array(StepHost).max(4000),
})
export type RunStep = z.infer<typeof RunStep>
