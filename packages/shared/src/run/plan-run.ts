import type { Plan, PlannedStep } from './plan.ts'
import { emptyRow } from './rows.ts'
import type { Run, RunAlert, RunProbe } from './run.ts'
import type { RunStep, StepEffect } from './run-step.ts'

function effectOf(step: PlannedStep): StepEffect {
  const inject = step.kind === 'inject'
  return {
    state: inject ? 'waiting' : 'not applicable',
    probeId: inject ? step.effect.probeId : null,
    seenOn: [],
    missedOn: [],
    seenMs: null,
    reason: null,
  }
}

function stepOf(step: PlannedStep): RunStep {
  const hostIds = step.kind === 'inject' || step.kind === 'exercise' ? [...new Set(step.hostIds)] : []
  return {
    stepId: step.stepId,
    kind: step.kind,
    state: 'waiting',
    ok: null,
    reason: null,
    startedMs: null,
    endedMs: null,
    effect: effectOf(step),
    hosts: hostIds.map(emptyRow),
  }
}

function probesOf(plan: Plan): RunProbe[] {
  return plan.probes.flatMap(({ probeId, role, everyMs, hostIds }) =>
    [...new Set(hostIds)].map((hostId) => ({
      probeId,
      hostId,
      role,
      everyMs,
      status: null,
      transitions: [],
      dropped: 0,
      counts: null,
      endedAt: null,
    })),
  )
}

function alertsOf(plan: Plan): RunAlert[] {
  return plan.steps.flatMap((step) =>
    step.kind === 'alert' ? [{ stepId: step.stepId, text: step.text, awaitedMs: null, received: null }] : [],
  )
}

/** The run with everything its plan says: hosts, steps, probes and alerts, nothing begun. */
export function withPlan(run: Run, plan: Plan, requestedBy: string, ms: number): Run {
  return {
    ...run,
    plan,
    mode: plan.mode,
    requestedBy,
    plannedMs: ms,
    phases: [{ phase: 'planned', ms }],
    effect: plan.steps.some((step) => step.kind === 'inject') ? 'not seen' : 'not applicable',
    hosts: plan.hosts.map(({ hostId, name }) => ({
      hostId,
      name,
      online: null,
      sinceMs: null,
      agentStarts: 0,
      leaseLost: null,
      restoration: 'not applicable',
    })),
    steps: plan.steps.map(stepOf),
    probes: probesOf(plan),
    alerts: alertsOf(plan),
  }
}
