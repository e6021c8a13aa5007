/** Whole runs, line by line, for tests to change in one place each. */
import type { Compared } from '../../src/run/event.ts'
import type { Plan } from '../../src/run/plan.ts'
import {
  aPlan,
  changes,
  digest,
  type Line,
  measures,
  monoAt,
  RUN_ID,
  reports,
  SRV,
  says,
  T0,
  ulid,
  WS,
} from './support.ts'

export const RECORD = ulid(10)
const record = { stepId: 'stop-nginx', recordId: RECORD, action: 'service.stop' }

export function compared(count: number): Compared[] {
  return Array.from({ length: count }, (_, n) => ({ item: `item ${n}`, before: 'a', now: 'a', same: true }))
}

/** SRV-04 reports that it is back, or how it is not. */
export function revertEnds(
  ms: number,
  restoration: 'identical' | 'ours undone' | 'unknown' | 'stuck' = 'identical',
  extra: { kept?: string[]; byHand?: string } = {},
): Line {
  const { kept = [], byHand = null } = extra
  const event = {
    ...record,
    type: 'revert.ended',
    monoMs: monoAt(SRV, ms),
    restoration,
    compared: compared(9),
    kept,
    byHand,
  } as const
  return reports(ms, SRV, event)
}

/** Planned, approved, both hosts there with measured clocks, the service up. */
export function opening(plan: Plan): Line[] {
  return [
    says(0, { type: 'run.planned', plan, requestedBy: 'anna' }),
    says(10, { type: 'run.approved', by: 'berta', digest: digest(2) }),
    says(20, { type: 'phase.entered', phase: 'preflight' }),
    says(30, { type: 'host.online', hostId: SRV }),
    says(31, { type: 'host.online', hostId: WS }),
    measures(40, SRV),
    measures(41, WS),
    says(1000, { type: 'phase.entered', phase: 'baseline' }),
    changes(WS, 'up', null, 1500),
  ]
}

/** The failure is started on SRV-04 at 3 minutes after 14:00 and seen from WS-01. */
export function injecting(): Line[] {
  return [
    says(180_000, { type: 'phase.entered', phase: 'injecting' }),
    says(180_010, { type: 'step.started', stepId: 'stop-nginx' }),
    says(180_050, {
      type: 'command.answered',
      stepId: 'stop-nginx',
      hostId: SRV,
      command: 'inject',
      ok: true,
      code: null,
      reason: null,
    }),
    reports(180_060, SRV, { ...record, type: 'inject.armed', revertByWallMs: T0 + 1_200_000 }),
    reports(180_070, SRV, { ...record, type: 'inject.begun' }),
    reports(180_200, SRV, {
      ...record,
      type: 'inject.injected',
      beganMonoMs: monoAt(SRV, 180_080),
      endedMonoMs: monoAt(SRV, 180_180),
    }),
    changes(WS, 'down', 179_500, 180_500),
    says(180_600, { type: 'effect.seen', stepId: 'stop-nginx', probeId: 'erp-answers', hostIds: [WS] }),
    says(180_610, { type: 'step.ended', stepId: 'stop-nginx', ok: true, reason: null }),
    says(180_620, { type: 'phase.entered', phase: 'holding' }),
  ]
}

/** Rolled back at 14:05, identical, the service up again. */
export function reverting(end: Line = revertEnds(301_000)): Line[] {
  return [
    says(300_000, { type: 'phase.entered', phase: 'reverting' }),
    reports(300_020, SRV, { ...record, type: 'revert.begun', cause: 'hold ended', monoMs: monoAt(SRV, 300_010) }),
    end,
    changes(WS, 'up', 300_500, 301_500),
    says(302_000, { type: 'phase.entered', phase: 'verifying' }),
  ]
}

/** A run in which everything goes as it should, up to verifying. */
export function aGoodStory(planChanges: Partial<Plan> = {}): Line[] {
  return [...opening(aPlan(planChanges)), ...injecting(), ...reverting()]
}

/** The story without the lines of these kinds. */
export function without(story: readonly Line[], ...types: Line['event']['type'][]): Line[] {
  return story.filter((line) => !types.includes(line.event.type))
}

/** The story with more lines, each at its time. */
export function withLines(story: readonly Line[], ...lines: Line[]): Line[] {
  return [...story, ...lines].sort((a, b) => a.ms - b.ms)
}

export function ends(
  ms: number,
  outcome: 'passed' | 'failed' | 'aborted' | 'skipped' | 'missed',
  reasons: string[] = [],
): Line {
  return says(ms, { type: 'run.ended', outcome, effect: 'proved', restoration: 'identical', reasons })
}

/** SRV-04 refuses the inject, by its own fact. */
export function refuses(ms: number, code = 'policy-refused', rule = 'actions'): Line {
  const reason = 'Not allowed here.'
  return reports(ms, SRV, {
    type: 'refused',
    runId: RUN_ID,
    stepId: 'stop-nginx',
    command: 'inject',
    code,
    rule,
    reason,
  })
}

/** The answer to the inject, as the controller had it: refused, late, or lost. */
export function declined(ms: number, code = 'policy-refused'): Line {
  const answer = { stepId: 'stop-nginx', hostId: SRV, command: 'inject', ok: false, code, reason: 'Not allowed here.' }
  return says(ms, { ...answer, type: 'command.answered' })
}

/** SRV-04 has closed the run. */
export function closes(ms: number): Line {
  const answer = { stepId: null, hostId: SRV, command: 'run.close', ok: true, code: null, reason: null }
  return says(ms, { ...answer, type: 'command.answered' })
}
