import {
  alertsOver,
  formatDuration,
  formatMeasured,
  midOf,
  OBJECTIVE_WORDS,
  type ObjectiveName,
  type ObjectiveResult,
  type Run,
} from '@chaos-lite/shared'

/** How a measured time stands against its target. `information`: the drill sets no target for it. */
export type TargetState = 'met' | 'missed' | 'running' | 'waiting' | 'information'

/** One target time as the screen shows it. Parts are of the bar's whole length, from 0 to 1. */
export interface TargetView {
  readonly name: ObjectiveName
  readonly words: string
  readonly state: TargetState
  /** `2.1 s ± 0.6 s`; null while there is no value. */
  readonly value: string | null
  /** Null where the drill sets none. */
  readonly target: string | null
  readonly how: string
  /** Null without a value or without a target: there is nothing to draw. */
  readonly bar: {
    readonly value: number
    readonly low: number
    readonly high: number
    readonly target: number
  } | null
  /** Since when it is being measured; null when it is not. */
  readonly runningSinceMs: number | null
  /** The target in ms; null where the drill sets none. */
  readonly withinMs: number | null
}

/** The target stands at this part of the bar, so that a value beyond it can be seen. */
const TARGET_AT = 0.75

function injectedMs(run: Run): number | null {
  const moments = run.steps.flatMap((step) => step.hosts.flatMap((row) => row.injected ?? []))
  return moments.length === 0 ? null : Math.min(...moments.map(midOf))
}

/** When a health check was first seen failing, after the first failure. */
function lostMs(run: Run): number | null {
  const from = injectedMs(run)
  if (from === null) return null
  const downs = run.probes
    .filter((probe) => probe.role === 'steady')
    .flatMap((probe) => probe.transitions.filter((one) => one.status === 'down' && one.at.highMs >= from))
  return downs.length === 0 ? null : Math.min(...downs.map((one) => midOf(one.at)))
}

function revertingMs(run: Run): number | null {
  const moments = run.steps.flatMap((step) => step.hosts.flatMap((row) => row.revertBegun ?? []))
  return moments.length === 0 ? null : Math.min(...moments.map(midOf))
}

/** Since when a target that has no value yet is being measured. */
function runningSince(run: Run, name: ObjectiveName): number | null {
  if (run.phase === 'ended') return null
  // An alert that comes after its time still gives a value; until then the time is over, not running.
  if (name === 'detect') return alertsOver(run) ? null : injectedMs(run)
  if (name === 'switch' || name === 'outage') return lostMs(run)
  return name === 'recover' ? revertingMs(run) : null
}

function barOf({ measured, withinMs }: ObjectiveResult): TargetView['bar'] {
  if (measured === null || withinMs === null) return null
  const high = measured.valueMs + measured.uMs
  const whole = Math.max(withinMs / TARGET_AT, high * 1.05, 1)
  const part = (ms: number) => Math.min(1, Math.max(0, ms / whole))
  return {
    value: part(measured.valueMs),
    low: part(measured.valueMs - measured.uMs),
    high: part(high),
    target: part(withinMs),
  }
}

function stateOf({ met, withinMs, measured, atLeast }: ObjectiveResult, running: boolean): TargetState {
  if (met === true) return 'met'
  if (met === false) return 'missed'
  if (running && (measured === null || atLeast)) return 'running'
  return withinMs === null ? 'information' : 'waiting'
}

function viewOf(run: Run, name: ObjectiveName): TargetView[] {
  const result = run.objectives[name]
  const { measured, withinMs, atLeast, how } = result
  if (measured === null && withinMs === null) return []
  const sinceMs = measured === null || atLeast ? runningSince(run, name) : null
  return [
    {
      name,
      words: OBJECTIVE_WORDS[name],
      state: stateOf(result, sinceMs !== null),
      value: measured === null ? null : `${atLeast ? 'at least ' : ''}${formatMeasured(measured)}`,
      target: withinMs === null ? null : formatDuration(withinMs),
      how,
      bar: barOf(result),
      runningSinceMs: sinceMs,
      withinMs,
    },
  ]
}

/** The targets of a drill and whatever else was measured: targets first. */
export function targetsOf(run: Run): TargetView[] {
  const views = (Object.keys(OBJECTIVE_WORDS) as ObjectiveName[]).flatMap((name) => viewOf(run, name))
  return [...views.filter((one) => one.withinMs !== null), ...views.filter((one) => one.withinMs === null)]
}
