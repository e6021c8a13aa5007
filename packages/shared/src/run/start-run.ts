import type { ObjectiveName } from '../drill/index.ts'
import type { ObjectiveResult, Run } from './run.ts'

function unmeasured(how: string): ObjectiveResult {
  return { measured: null, atLeast: false, withinMs: null, met: null, how }
}

const NAMES: readonly ObjectiveName[] = ['detect', 'switch', 'outage', 'recover', 'restore', 'dataAge']

/** A run of which nothing is known yet: what `reduce` begins with. */
export function startRun(): Run {
  const objectives = Object.fromEntries(
    NAMES.map((name) => [name, unmeasured('Not measured: the run is not planned yet.')]),
  )
  return {
    runId: null,
    plan: null,
    slot: null,
    mode: null,
    requestedBy: null,
    approvals: [],
    phase: 'planned',
    phases: [],
    outcome: null,
    effect: 'not applicable',
    restoration: 'not applicable',
    reasons: [],
    plannedMs: null,
    endedMs: null,
    lastMs: null,
    hosts: [],
    steps: [],
    probes: [],
    steadyState: { baseline: null, failing: [] },
    questions: [],
    alerts: [],
    observations: [],
    refusals: [],
    aborts: [],
    restarts: [],
    clocks: [],
    objectives: objectives as Run['objectives'],
    late: [],
    anomalies: [],
    dropped: 0,
    seen: [],
  }
}
