import * as z from 'zod'
import type { ObjectiveName } from '../drill/index.ts'
import { HostId, line, Ms, Name, Ulid } from '../primitives.ts'
import { Measured } from '../timing/index.ts'
import { Effect, Outcome, Phase, ProbeStatus, ProbeValue, Restoration } from './event.ts'
import { ClockMeasurement, Moment } from './moment.ts'
import { Mode, Plan } from './plan.ts'
import { RunStep } from './run-step.ts'

/** A probe changed its mind: when (somewhere between two samples), to what, and what it saw. */
export const Transition = z.strictObject({
  status: ProbeStatus,
  at: Moment,
  value: ProbeValue,
  message: line(512).nullable(),
  restarted: z.boolean().describe('The first sample of a probe that had run before: the time between was not watched'),
})
export type Transition = z.infer<typeof Transition>

/** One probe on one host. `endedAt` null: it has not ended. */
export const RunProbe = z.strictObject({
  probeId: Name,
  hostId: HostId,
  role: z.enum(['steady', 'watch', 'effect']),
  everyMs: Ms,
  status: ProbeStatus.nullable().describe('null: not one sample so far'),
  transitions: z.array(Transition).max(1000),
  dropped: z.int().min(0).describe('Changes beyond the longest list kept; their times are not known here'),
  counts: z
    .strictObject({ samples: Ms, up: Ms, down: Ms, notEvaluated: Ms })
    .nullable()
    .describe('Told when the probe ends'),
  endedAt: Moment.nullable(),
})
export type RunProbe = z.infer<typeof RunProbe>

/**
 * One host in a run. `sinceMs` (UTC of the controller) says since when `online` is so; `restoration` is the worst of
 * its steps.
 */
export const RunHost = z.strictObject({
  hostId: HostId,
  name: line(128),
  online: z.boolean().nullable().describe('null: nothing was said about it'),
  sinceMs: z.number().nullable(),
  agentStarts: z.int().min(0).describe('How often its agent (re)started during the run'),
  leaseLost: Moment.nullable(),
  restoration: Restoration,
})
export type RunHost = z.infer<typeof RunHost>

/** A question that was put to a person. Null as answer: none so far, or none before `untilMs`. Times are UTC ms. */
export const RunQuestion = z.strictObject({
  stepId: Name,
  text: z.string(),
  of: line(64),
  expect: z.enum(['yes', 'no', 'any']),
  askedMs: z.number(),
  untilMs: z.number(),
  answer: z
    .strictObject({
      answer: z.enum(['yes', 'no', 'partly']),
      by: line(128),
      note: z.string().nullable(),
      ms: z.number(),
    })
    .nullable(),
})
export type RunQuestion = z.infer<typeof RunQuestion>

/** An alert that a run waits for. `awaitedMs` null: its step has not begun; `received` null: nothing came so far. */
export const RunAlert = z.strictObject({
  stepId: Name,
  text: z.string(),
  awaitedMs: z.number().nullable(),
  received: z.strictObject({ ms: z.number(), via: z.enum(['webhook', 'person']), by: line(128) }).nullable(),
})
export type RunAlert = z.infer<typeof RunAlert>

/** One target time against what was measured. */
export const ObjectiveResult = z.strictObject({
  measured: Measured.nullable(),
  atLeast: z.boolean().describe('The true value is this or more: it was still going on when last seen'),
  withinMs: Ms.nullable().describe('null: measured for information, not an objective of this drill'),
  met: z.boolean().nullable().describe('null: not measured (yet), or not an objective'),
  how: z.string().describe('A sentence: between which two instants, or why there is no value'),
})
export type ObjectiveResult = z.infer<typeof ObjectiveResult>

const Objectives = z.strictObject({
  detect: ObjectiveResult,
  switch: ObjectiveResult,
  outage: ObjectiveResult,
  recover: ObjectiveResult,
  restore: ObjectiveResult,
  dataAge: ObjectiveResult,
} satisfies Record<ObjectiveName, typeof ObjectiveResult>)
/** All timings of a run by name, also those that the drill sets no target for. */
export type Objectives = z.infer<typeof Objectives>

/** Which facts were taken already: ranges of sequence numbers of one start of one source. */
export const SeenFacts = z.strictObject({
  source: z.string().max(32).describe("A host id, or 'controller'"),
  epoch: z.string().max(32),
  ranges: z.array(z.tuple([z.int(), z.int()])),
})
export type SeenFacts = z.infer<typeof SeenFacts>

/** Did the health checks pass? Taken when the baseline was left; and as it stands now, once verifying was entered. */
const SteadyState = z.strictObject({
  baseline: z.boolean().nullable().describe('null: the baseline was not taken'),
  failing: z.array(z.string()).max(50).describe('What did not hold at the baseline, as sentences'),
})

/**
 * Everything known about a run: what the one reducer makes of its facts. Plain JSON; times are UTC ms of the
 * controller.
 */
export const RunState = z.strictObject({
  runId: Ulid.nullable(),
  plan: Plan.nullable(),
  slot: z
    .strictObject({
      clientId: Ulid,
      scheduleId: Ulid,
      schedule: line(128),
      slotMs: z.number(),
      drill: line(64),
      title: line(120),
    })
    .nullable()
    .describe('The slot of the timetable that this run answers; a missed one has no plan'),
  mode: Mode.nullable(),
  requestedBy: line(128).nullable(),
  approvals: z.array(z.strictObject({ by: line(128), digest: line(80), ms: z.number() })).max(20),
  phase: Phase,
  phases: z.array(z.strictObject({ phase: Phase, ms: z.number() })).max(20),
  outcome: Outcome.nullable(),
  effect: Effect,
  restoration: Restoration.describe('The worst of the hosts'),
  reasons: z.array(z.string()).max(60),
  plannedMs: z.number().nullable(),
  endedMs: z.number().nullable(),
  lastMs: z.number().nullable().describe('The latest instant that any fact names'),
  hosts: z.array(RunHost).max(1000),
  steps: z.array(RunStep).max(50),
  probes: z.array(RunProbe).max(200_000),
  steadyState: SteadyState,
  questions: z.array(RunQuestion).max(50),
  alerts: z.array(RunAlert).max(50),
  observations: z.array(z.strictObject({ by: line(128), note: z.string(), ms: z.number() })).max(1000),
  refusals: z
    .array(
      z.strictObject({
        hostId: HostId,
        stepId: Name.nullable(),
        command: line(64),
        code: z.string().nullable(),
        rule: z.string().nullable(),
        reason: z.string(),
        ms: z.number(),
      }),
    )
    .max(500),
  aborts: z.array(z.strictObject({ by: line(128), cause: z.string(), reason: z.string(), ms: z.number() })).max(100),
  restarts: z.array(z.number()).max(100).describe('When the controller started again in the middle of the run'),
  clocks: z.array(ClockMeasurement).max(10_000),
  objectives: Objectives,
  late: z
    .array(z.strictObject({ hostId: HostId, from: Restoration, to: Restoration, note: z.string(), ms: z.number() }))
    .max(1000)
    .describe('What hosts reported about themselves after the run had ended'),
  anomalies: z.array(z.strictObject({ hostId: HostId.nullable(), text: z.string(), ms: z.number() })).max(200),
  dropped: z.int().min(0).describe('Entries that found their list full'),
  seen: z.array(SeenFacts).max(10_000),
})
/** A run as the reducer knows it. Plain data: a change is a copy, so that old and new can be compared. */
export type Run = z.infer<typeof RunState>
