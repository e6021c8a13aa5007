/** Builders of plans, facts and whole stories for tests of the run, here and in other packages. */
import type { AgentEvent, ControllerEvent } from '../../src/run/event.ts'
import type { SourcedFact } from '../../src/run/fact.ts'
import type { Plan, PlannedProbe, PlannedStep } from '../../src/run/plan.ts'
import { reduce } from '../../src/run/reduce.ts'
import type { Run } from '../../src/run/run.ts'
import { startRun } from '../../src/run/start-run.ts'

/** The controller's time at which every story begins: 2026-01-02T14:00:00Z. */
export const T0 = Date.UTC(2026, 0, 2, 14, 0, 0)

/** The n-th host id, such as `h-000000000000000000000001`. */
export function hostId(n: number): string {
  return `h-${n.toString(16).padStart(24, '0')}`
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** The n-th ULID. */
export function ulid(n: number): string {
  let rest = n
  let text = ''
  while (text.length < 26) {
    text = CROCKFORD[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  return text
}

export function digest(n: number): string {
  return `sha256:${n.toString(16).padStart(64, '0')}`
}

export const RUN_ID = ulid(1)
/** SRV-04, on which the failure is started; WS-01, from which a consumer looks. */
export const SRV = hostId(1)
export const WS = hostId(2)

export function aSteadyProbe(changes: Partial<PlannedProbe> = {}): PlannedProbe {
  return {
    probeId: 'erp-answers',
    role: 'steady',
    probe: 'http',
    hostIds: [WS],
    params: { url: 'https://erp.example.test/health' },
    everyMs: 1000,
    expect: { status: 200 },
    ...changes,
  }
}

type Inject = Extract<PlannedStep, { kind: 'inject' }>

export function anInjectStep(changes: Partial<Inject> = {}): Inject {
  return {
    stepId: 'stop-nginx',
    kind: 'inject',
    action: 'service.stop',
    hostIds: [SRV],
    params: { service: 'nginx' },
    holdMs: 900_000,
    effectWaitMs: 30_000,
    effect: { probeId: 'erp-answers', expect: 'down' },
    onLinkLoss: 'revert',
    explanations: [],
    ...changes,
  }
}

export function anAskStep(changes: Partial<Extract<PlannedStep, { kind: 'ask' }>> = {}): PlannedStep {
  const text = 'Can the release desk still sign off a work order?'
  return { stepId: 'ask-desk', kind: 'ask', text, of: 'release-desk', withinMs: 600_000, expect: 'yes', ...changes }
}

export function anAlertStep(): PlannedStep {
  return { stepId: 'alert', kind: 'alert', text: 'The monitoring reports the primary down', withinMs: 120_000 }
}

export function anExerciseStep(): PlannedStep {
  return {
    stepId: 'restore-docs',
    kind: 'exercise',
    exercise: 'backup.restore',
    hostIds: [SRV],
    params: { repository: 'nightly' },
    withinMs: 600_000,
    explanations: [],
  }
}

/** A plan that stops nginx on SRV-04 and watches from WS-01; change what matters to the test. */
export function aPlan(changes: Partial<Plan> = {}): Plan {
  return {
    planId: ulid(2),
    clientId: ulid(3),
    drill: 'failover-friday',
    drillVersion: 1,
    drillDigest: digest(1),
    title: 'Failover Friday',
    why: 'Does the ERP answer when the primary is down?',
    kind: 'drill',
    mode: 'live',
    params: {},
    groups: { primary: [SRV], workstation: [WS] },
    hosts: [
      { hostId: SRV, name: 'SRV-04', labels: { role: 'erp-primary' } },
      { hostId: WS, name: 'WS-01', labels: { role: 'workstation' } },
    ],
    probes: [aSteadyProbe()],
    steps: [anInjectStep()],
    objectives: {},
    abort: [],
    release: 'at-hold',
    controls: [],
    worstCaseMs: 1_000_000,
    digest: digest(2),
    ...changes,
  }
}

/** One line of a story: who says what, how long after T0. Instants inside events are of the speaker's own clock. */
export type Line =
  | { readonly ms: number; readonly by: 'controller'; readonly event: ControllerEvent }
  | { readonly ms: number; readonly by: string; readonly event: AgentEvent }

/** A host's monotonic clock in stories: the controller's time line minus this. */
export function clockOffset(host: string): number {
  return T0 - 1_000_000 - Number.parseInt(host.slice(2), 16) * 10_000
}

/** What a host's monotonic clock reads, so long after T0. */
export function monoAt(host: string, ms: number): number {
  return T0 + ms - clockOffset(host)
}

type Wire<E> = E extends { runId: string } ? Omit<E, 'runId'> : E

/** The controller says. */
export function says(ms: number, event: Wire<ControllerEvent>): Line {
  return { ms, by: 'controller', event: { runId: RUN_ID, ...event } as ControllerEvent }
}

/** A host says. */
export function reports(ms: number, host: string, event: Wire<AgentEvent>): Line {
  const own = event.type === 'agent.started' ? event : { runId: RUN_ID, ...event }
  return { ms, by: host, event: own as AgentEvent }
}

/** A probe's change on a host, between two instants after T0. */
export function changes(
  host: string,
  status: 'up' | 'down' | 'not evaluated',
  lastOtherMs: number | null,
  firstSeenMs: number,
  probeId = 'erp-answers',
  message: string | null = null,
): Line {
  return reports(firstSeenMs, host, {
    type: 'probe.changed',
    probeId,
    status,
    value: {},
    message,
    lastOtherMonoMs: lastOtherMs === null ? null : monoAt(host, lastOtherMs),
    firstSeenMonoMs: monoAt(host, firstSeenMs),
  })
}

interface Facing {
  readonly epoch?: string
  readonly bootId?: string
  readonly wallErrorMs?: number
}

/** One fact with its envelope. `seq` is the place in the order of its source. */
export function factOf(
  line: Line,
  seq: number,
  { epoch = 'a'.repeat(32), bootId = 'boot-1', wallErrorMs = 0 }: Facing = {},
): SourcedFact {
  const wallMs = T0 + line.ms + (line.by === 'controller' ? 0 : wallErrorMs)
  const chain = { v: 1 as const, epoch, seq, prev: null }
  const receivedMs = T0 + line.ms + 5
  if (line.by === 'controller') {
    const event = line.event as ControllerEvent
    return {
      source: 'controller',
      receivedMs,
      fact: { ...chain, at: { bootId: 'boot-c', monoMs: 50_000 + line.ms, wallMs }, event },
    }
  }
  const at = { bootId, monoMs: monoAt(line.by, line.ms), wallMs }
  return { source: 'agent', hostId: line.by, receivedMs, fact: { ...chain, at, event: line.event as AgentEvent } }
}

/** A story as facts, numbered source by source, in their order. */
export function factsOf(story: readonly Line[], facing: Facing = {}): SourcedFact[] {
  const next = new Map<string, number>()
  return story.map((line) => {
    const seq = next.get(line.by) ?? 0
    next.set(line.by, seq + 1)
    return factOf(line, seq, facing)
  })
}

/** What the reducer makes of a story. */
export function runOf(story: readonly Line[], facing: Facing = {}): Run {
  return factsOf(story, facing).reduce(reduce, startRun())
}

/** A clock measurement that is right, to within `boundMs`. */
export function measures(ms: number, host: string, boundMs = 2, errorMs = 0): Line {
  const offsetMs = clockOffset(host) + errorMs
  return says(ms, { type: 'clock.measured', hostId: host, bootId: 'boot-1', offsetMs, boundMs })
}
