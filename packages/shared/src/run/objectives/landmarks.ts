import { earliest } from '../clock.ts'
import type { Moment } from '../moment.ts'
import type { Run } from '../run.ts'
import type { RunStep } from '../run-step.ts'

/** The instants of a run that its timings hang on. */
export interface Landmarks {
  /** When the first failure was in place. */
  readonly injected: Moment | null
  /** When the rolling back of that first failure began. */
  readonly firstReleased: Moment | null
  /** When any rolling back first began. */
  readonly reverting: Moment | null
  /** Is everything rolled back, as far as it will be? */
  readonly settled: boolean
}

function momentsOf(steps: readonly RunStep[], which: 'injected' | 'revertBegun'): Moment[] {
  return steps.flatMap((step) => step.hosts.flatMap((row) => row[which] ?? []))
}

function firstInjected(run: Run): { step: RunStep; at: Moment } | null {
  let first: { step: RunStep; at: Moment } | null = null
  for (const step of run.steps) {
    const at = earliest(momentsOf([step], 'injected'))
    if (at !== null && (first === null || at.highMs < first.at.highMs)) first = { step, at }
  }
  return first
}

/** Takes the earliest of all hosts for each instant. Null: no host has reported it so far. */
export function landmarksOf(run: Run): Landmarks {
  const first = firstInjected(run)
  const injects = run.steps.filter((step) => step.kind === 'inject')
  const open = injects.some((step) => step.hosts.some((row) => row.restoration === 'pending'))
  const reverting = earliest(momentsOf(injects, 'revertBegun'))
  return {
    injected: earliest(momentsOf(injects, 'injected')),
    firstReleased: first && earliest(momentsOf([first.step], 'revertBegun')),
    reverting,
    settled: run.phase === 'verifying' || run.phase === 'ended' || (reverting !== null && !open),
  }
}

/** Does this drill start failures at all? */
export function hasInjects(run: Run): boolean {
  return run.steps.some((step) => step.kind === 'inject')
}
