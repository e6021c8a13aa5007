import * as z from 'zod'
import { HostId, line, Ms, Name, Ulid, UtcMs } from '../primitives.ts'
import { Said } from '../words/index.ts'
import { Compared, Effect, Outcome, Phase, ProbeStatus, ProbeValue, Restoration, RevertCause } from './event-values.ts'
import { NotCompared } from './not-compared.ts'
import { Plan } from './plan.ts'

export * from './event-values.ts'

const step = { runId: Ulid, stepId: Name }
const record = { ...step, recordId: Ulid, action: line(64) }

/**
 * What an agent reports. Instants in these events are readings of the host's monotonic clock (`…MonoMs`). Null: a
 * refusal that is about no run or step, a probe without a sample, an exercise that succeeded (`reason`) or met no age
 * of data.
 */
export const AgentEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('agent.started'),
    version: line(64),
    openRecords: z.int().min(0),
    journal: z.enum(['readable', 'unreadable']),
    detail: line(512).optional(),
  }),
  z.strictObject({
    type: z.literal('refused'),
    runId: Ulid.nullable(),
    stepId: Name.nullable(),
    command: line(64),
    code: line(64),
    rule: line(512).describe('The rule that refused it, or the command that would allow it'),
    reason: line(1024),
    said: Said.optional(),
  }),
  z.strictObject({ ...record, type: z.literal('inject.armed'), revertByWallMs: z.int() }),
  z.strictObject({ ...record, type: z.literal('inject.begun') }),
  z.strictObject({
    ...record,
    type: z.literal('inject.injected'),
    beganMonoMs: z.int(),
    endedMonoMs: z.int(),
  }),
  z.strictObject({ ...record, type: z.literal('inject.failed'), reason: line(1024), said: Said.optional() }),
  z.strictObject({ ...record, type: z.literal('effect.lost'), reason: line(1024), said: Said.optional() }),
  z.strictObject({ ...record, type: z.literal('revert.begun'), cause: RevertCause, monoMs: z.int() }),
  z.strictObject({
    ...record,
    type: z.literal('revert.ended'),
    monoMs: z.int(),
    restoration: z.enum(['identical', 'ours undone', 'unknown', 'stuck']),
    compared: z.array(Compared).max(200),
    kept: z.array(line(512)).max(50).describe("Somebody else's changes that were kept"),
    byHand: line(2048).nullable().describe('What a person must do, when stuck'),
  }),
  z.strictObject({ type: z.literal('lease.lost'), runId: Ulid }),
  z.strictObject({
    ...{ runId: Ulid, probeId: Name },
    type: z.literal('probe.changed'),
    status: ProbeStatus,
    value: ProbeValue,
    message: line(512).nullable(),
    said: Said.optional(),
    lastOtherMonoMs: z.int().nullable().describe('When the last sample with another status was begun; null at first'),
    firstSeenMonoMs: z.int().describe('When the first sample with this status was complete'),
  }),
  z.strictObject({
    ...{ runId: Ulid, probeId: Name },
    type: z.literal('probe.ended'),
    samples: z.int().min(0),
    up: z.int().min(0),
    down: z.int().min(0),
    notEvaluated: z.int().min(0),
    lastStatus: ProbeStatus.nullable(),
  }),
  z.strictObject({ ...step, type: z.literal('exercise.phase'), phase: line(64), tookMs: Ms }),
  z.strictObject({
    ...step,
    type: z.literal('exercise.ended'),
    ok: z.boolean(),
    reason: line(1024).nullable(),
    said: Said.optional(),
    totalMs: Ms,
    phases: z.array(z.strictObject({ phase: line(64), tookMs: Ms })).max(32),
    items: z.int().min(0).describe('Files or rows compared'),
    differences: z.array(line(512)).max(50),
    differenceCount: z.int().min(0).optional().describe('How many there are; the list names the first ones only'),
    notCompared: z.array(NotCompared).max(16).optional().describe('Facts of older agents do not have it'),
    dataAgeMs: Ms.nullable(),
    canary: z.enum(['returned', 'missing', 'not planted']),
  }),
])
export type AgentEvent = z.infer<typeof AgentEvent>

/** What the controller itself records about a run. A command that was accepted has null as code and reason. */
export const ControllerEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('run.planned'), runId: Ulid, plan: Plan, requestedBy: line(128) }),
  z.strictObject({
    type: z.literal('run.slot'),
    runId: Ulid,
    clientId: Ulid,
    scheduleId: Ulid,
    schedule: line(128),
    slotMs: UtcMs.describe('When the timetable wanted it'),
    drill: line(64),
    title: line(120),
  }),
  z.strictObject({ type: z.literal('run.approved'), runId: Ulid, by: line(128), digest: line(80) }),
  z.strictObject({ type: z.literal('phase.entered'), runId: Ulid, phase: Phase }),
  z.strictObject({
    type: z.literal('clock.measured'),
    runId: Ulid,
    hostId: HostId,
    bootId: line(64),
    offsetMs: z.number().describe("Controller's clock minus the host's monotonic clock"),
    boundMs: z.number().min(0).describe('Half the best round trip: the offset is right within this'),
  }),
  z.strictObject({
    type: z.literal('command.answered'),
    runId: Ulid,
    stepId: Name.nullable(),
    hostId: HostId,
    command: line(64),
    ok: z.boolean(),
    code: line(64).nullable(),
    reason: line(1024).nullable(),
    said: Said.optional(),
  }),
  z.strictObject({ ...step, type: z.literal('step.started') }),
  z.strictObject({ ...step, type: z.literal('step.ended'), ok: z.boolean(), reason: line(1024).nullable() }),
  z.strictObject({ ...step, type: z.literal('effect.seen'), probeId: Name, hostIds: z.array(HostId) }),
  z.strictObject({
    ...step,
    type: z.literal('effect.missed'),
    probeId: Name,
    hostIds: z.array(HostId),
    reason: line(512),
  }),
  z.strictObject({ ...step, type: z.literal('alert.awaited') }),
  z.strictObject({ ...step, type: z.literal('alert.received'), via: z.enum(['webhook', 'person']), by: line(128) }),
  z.strictObject({ ...step, type: z.literal('question.asked'), text: line(300), of: line(64), untilMs: z.int() }),
  z.strictObject({
    ...step,
    type: z.literal('question.answered'),
    answer: z.enum(['yes', 'no', 'partly']),
    by: line(128),
    note: line(500).nullable(),
  }),
  z.strictObject({
    type: z.literal('observation.noted'),
    runId: Ulid,
    by: line(128),
    note: line(500),
  }),
  z.strictObject({
    type: z.literal('abort.requested'),
    runId: Ulid,
    by: line(128),
    cause: z.enum([
      'preflight',
      'person',
      'stop all',
      'abort condition',
      'host lost',
      'inject failed',
      'effect not seen',
      'controller restarted',
    ]),
    reason: line(512),
  }),
  z.strictObject({ type: z.literal('host.offline'), runId: Ulid, hostId: HostId }),
  z.strictObject({ type: z.literal('host.online'), runId: Ulid, hostId: HostId }),
  z.strictObject({ type: z.literal('controller.restarted'), runId: Ulid }),
  z.strictObject({
    type: z.literal('run.ended'),
    runId: Ulid,
    outcome: Outcome,
    effect: Effect,
    restoration: Restoration,
    reasons: z.array(line(512)).max(50),
  }),
])
export type ControllerEvent = z.infer<typeof ControllerEvent>

/** What the controller records about itself, outside of any run. */
export const StoreEvent = z.strictObject({
  type: z.literal('store.restored'),
  backupMs: UtcMs.describe('When the backup was made: what was stored since is lost'),
  restoredMs: UtcMs,
  facts: z.int().min(0).describe('How many facts the backup held'),
})
export type StoreEvent = z.infer<typeof StoreEvent>

/** Everything that the facts of one run can hold: what its hosts report, and what the controller records. */
export type RunEvent = AgentEvent | ControllerEvent
