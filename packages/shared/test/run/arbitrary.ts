/** Arbitrary valid facts of one small run, so that they meet each other; and some of nowhere. */
import fc from 'fast-check'
import type { AgentEvent, ControllerEvent } from '../../src/run/event.ts'
import { Effect, Outcome, Phase, ProbeStatus, Restoration, RevertCause } from '../../src/run/event.ts'
import { SourcedFact } from '../../src/run/fact.ts'
import {
  anAlertStep,
  anAskStep,
  anExerciseStep,
  anInjectStep,
  aPlan,
  aSteadyProbe,
  hostId,
  RUN_ID,
  SRV,
  ulid,
  WS,
} from './support.ts'

export const busyPlan = aPlan({
  probes: [aSteadyProbe({ hostIds: [SRV, WS] }), aSteadyProbe({ probeId: 'printer', role: 'watch' })],
  steps: [
    anInjectStep({ hostIds: [SRV, WS] }),
    anInjectStep({ stepId: 'constructor' }),
    anExerciseStep(),
    anAskStep(),
    anAlertStep(),
  ],
  objectives: {
    detect: { withinMs: 60_000 },
    switch: { withinMs: 60_000 },
    outage: { withinMs: 60_000 },
    recover: { withinMs: 60_000 },
    restore: { withinMs: 60_000 },
    dataAge: { withinMs: 60_000 },
  },
})

const kind = <T extends string>(type: T) => fc.constant(type)
const anyHost = fc.constantFrom(SRV, WS, hostId(99))
const runId = fc.oneof({ weight: 30, arbitrary: fc.constant(RUN_ID) }, { weight: 1, arbitrary: fc.constant(ulid(77)) })
const stepId = fc.constantFrom('stop-nginx', 'constructor', 'restore-docs', 'ask-desk', 'alert', 'nowhere')
const probeId = fc.constantFrom('erp-answers', 'printer', 'toString')
const time = fc.oneof(fc.integer({ min: 0, max: 600_000 }), fc.maxSafeNat())
const anyInt = fc.oneof(fc.integer({ min: -1000, max: 600_000 }), fc.maxSafeInteger())
const text = fc.constantFrom('', 'because', 'ä “quoted”')
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null })
const hosts = fc.array(anyHost, { maxLength: 3 })
const head = {
  runId,
  stepId,
  recordId: fc.constantFrom(ulid(10), ulid(11), ulid(12), ulid(13), ulid(14), ulid(15)),
  action: fc.constant('service.stop'),
}
const phases = fc.array(fc.record({ phase: text, tookMs: time }), { maxLength: 2 })
const comparedItem = fc.record({ item: text, before: text, now: text, same: fc.boolean() })
const value = fc.dictionary(
  fc.constantFrom('status', 'tookMs'),
  fc.oneof(fc.integer(), text, fc.boolean(), fc.constant(null)),
)

const agentEvent: fc.Arbitrary<AgentEvent> = fc.oneof(
  fc.record({
    type: kind('agent.started'),
    version: text,
    openRecords: time,
    journal: fc.constantFrom('readable' as const, 'unreadable' as const),
  }),
  fc.record({
    type: kind('refused'),
    runId: maybe(runId),
    stepId: maybe(stepId),
    command: fc.constantFrom('inject', 'exercise', 'prepare'),
    code: text,
    rule: text,
    reason: text,
  }),
  fc.record({ ...head, type: kind('inject.armed'), revertByWallMs: anyInt }),
  fc.record({ ...head, type: kind('inject.begun') }),
  fc.record({ ...head, type: kind('inject.injected'), beganMonoMs: anyInt, endedMonoMs: anyInt }),
  fc.record({ ...head, type: kind('inject.failed'), reason: text }),
  fc.record({ ...head, type: kind('effect.lost'), reason: text }),
  fc.record({ ...head, type: kind('revert.begun'), cause: fc.constantFrom(...RevertCause.options), monoMs: anyInt }),
  fc.record({
    ...head,
    type: kind('revert.ended'),
    monoMs: anyInt,
    restoration: fc.constantFrom('identical' as const, 'ours undone' as const, 'unknown' as const, 'stuck' as const),
    compared: fc.array(comparedItem, { maxLength: 2 }),
    kept: fc.array(text, { maxLength: 2 }),
    byHand: maybe(text),
  }),
  fc.record({ type: kind('lease.lost'), runId }),
  fc.record({
    type: kind('probe.changed'),
    runId,
    probeId,
    status: fc.constantFrom(...ProbeStatus.options),
    value,
    message: maybe(text),
    lastOtherMonoMs: maybe(anyInt),
    firstSeenMonoMs: anyInt,
  }),
  fc.record({
    type: kind('probe.ended'),
    runId,
    probeId,
    samples: time,
    up: time,
    down: time,
    notEvaluated: time,
    lastStatus: maybe(fc.constantFrom(...ProbeStatus.options)),
  }),
  fc.record({ type: kind('exercise.phase'), runId, stepId, phase: text, tookMs: time }),
  fc.record({
    type: kind('exercise.ended'),
    runId,
    stepId,
    ok: fc.boolean(),
    reason: maybe(text),
    totalMs: time,
    phases,
    items: time,
    differences: fc.array(text, { maxLength: 2 }),
    dataAgeMs: maybe(time),
    canary: fc.constantFrom('returned' as const, 'missing' as const, 'not planted' as const),
  }),
)

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const bound = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })
const bootId = fc.constantFrom('boot-1', 'boot-2')
const abortCause = fc.constantFrom(
  'person' as const,
  'stop all' as const,
  'effect not seen' as const,
  'host lost' as const,
)

const controllerEvent: fc.Arbitrary<ControllerEvent> = fc.oneof(
  fc.record({ type: kind('run.planned'), runId, plan: fc.constant(busyPlan), requestedBy: text }),
  fc.record({
    type: kind('run.slot'),
    runId,
    clientId: fc.constant(ulid(3)),
    scheduleId: fc.constant(ulid(4)),
    schedule: text,
    slotMs: time.map((ms) => ms % 8_640_000_000_000_000),
    drill: text,
    title: text,
  }),
  fc.record({ type: kind('run.approved'), runId, by: text, digest: text }),
  { weight: 4, arbitrary: fc.record({ type: kind('phase.entered'), runId, phase: fc.constantFrom(...Phase.options) }) },
  fc.record({
    type: kind('clock.measured'),
    runId,
    hostId: anyHost,
    bootId,
    offsetMs: fc.oneof(finite, anyInt),
    boundMs: fc.oneof(bound, fc.nat(50)),
  }),
  fc.record({
    type: kind('command.answered'),
    runId,
    stepId: maybe(stepId),
    hostId: anyHost,
    command: fc.constantFrom('inject', 'exercise', 'run.close'),
    ok: fc.boolean(),
    code: maybe(fc.constantFrom('timed-out', 'policy-refused')),
    reason: maybe(text),
  }),
  fc.record({ type: kind('step.started'), runId, stepId }),
  fc.record({ type: kind('step.ended'), runId, stepId, ok: fc.boolean(), reason: maybe(text) }),
  fc.record({ type: kind('effect.seen'), runId, stepId, probeId, hostIds: hosts }),
  fc.record({ type: kind('effect.missed'), runId, stepId, probeId, hostIds: hosts, reason: text }),
  fc.record({ type: kind('alert.awaited'), runId, stepId }),
  fc.record({
    type: kind('alert.received'),
    runId,
    stepId,
    via: fc.constantFrom('webhook' as const, 'person' as const),
    by: text,
  }),
  fc.record({ type: kind('question.asked'), runId, stepId, text, of: text, untilMs: anyInt }),
  fc.record({
    type: kind('question.answered'),
    runId,
    stepId,
    answer: fc.constantFrom('yes' as const, 'no' as const, 'partly' as const),
    by: text,
    note: maybe(text),
  }),
  fc.record({ type: kind('observation.noted'), runId, by: text, note: text }),
  fc.record({ type: kind('abort.requested'), runId, by: text, cause: abortCause, reason: text }),
  fc.record({ type: kind('host.offline'), runId, hostId: anyHost }),
  fc.record({ type: kind('host.online'), runId, hostId: anyHost }),
  fc.record({ type: kind('controller.restarted'), runId }),
  fc.record({
    type: kind('run.ended'),
    runId,
    outcome: fc.constantFrom(...Outcome.options),
    effect: fc.constantFrom(...Effect.options),
    restoration: fc.constantFrom(...Restoration.options),
    reasons: fc.array(fc.constant('because'), { maxLength: 2 }),
  }),
)

const wallMs = fc.oneof(fc.integer({ min: 0, max: 600_000 }), fc.integer({ min: 0, max: 8_640_000_000_000_000 }))
const chain = {
  v: fc.constant(1 as const),
  epoch: fc.constantFrom('a'.repeat(32), 'b'.repeat(32)),
  seq: fc.nat(500),
  prev: fc.constant(null),
  at: fc.record({ bootId, monoMs: time, wallMs }),
}

/** Any fact that the wire and the store would let through. */
export const anyFact: fc.Arbitrary<SourcedFact> = fc.oneof(
  fc.record({
    source: kind('agent'),
    hostId: anyHost,
    fact: fc.record({ ...chain, event: agentEvent }),
    receivedMs: wallMs,
  }),
  fc.record({ source: kind('controller'), fact: fc.record({ ...chain, event: controllerEvent }), receivedMs: wallMs }),
)

/** As if it had come over the wire: parsed from its JSON text. */
export function overTheWire(fact: SourcedFact): SourcedFact {
  return SourcedFact.parse(JSON.parse(JSON.stringify(fact)))
}

/** Histories that begin with the plan, as every real one does. */
export const anyHistory: fc.Arbitrary<SourcedFact[]> = fc.array(anyFact, { maxLength: 60 }).map((facts) => [
  {
    source: 'controller',
    receivedMs: 0,
    fact: {
      v: 1,
      epoch: 'c'.repeat(32),
      seq: 0,
      prev: null,
      at: { bootId: 'boot-c', monoMs: 0, wallMs: 0 },
      event: { type: 'run.planned', runId: RUN_ID, plan: busyPlan, requestedBy: 'anna' },
    },
  },
  ...facts.map(overTheWire),
])
