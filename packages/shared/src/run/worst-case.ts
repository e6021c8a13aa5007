/** The budgets of one failure on one host. */
export interface FailureBudget {
  readonly injectMs: number
  readonly effectWaitMs: number
  readonly holdMs: number
  readonly revertMs: number
}

/** So that the agent's own hold timer and a slow disk come before the safety timer. */
const SLACK_MS = 3_000

/** When the safety timer of a failure rings, counted from its preparation: the last resort, after every regular end. */
export function safetyTimerMs({ injectMs, effectWaitMs, holdMs, revertMs }: FailureBudget): number {
  // The owner bounds how long is held, not how long an effect is waited for: that cannot put the safety timer off.
  return injectMs + Math.min(effectWaitMs, holdMs) + holdMs + revertMs + SLACK_MS
}

/** When a failure is rolled back at the latest: what the safety timer starts takes its time too. */
export function longestChangedMs(budget: FailureBudget): number {
  return safetyTimerMs(budget) + budget.revertMs
}
