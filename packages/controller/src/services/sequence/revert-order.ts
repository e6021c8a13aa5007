import type { Plan, RevertCause, Run } from '@chaos-lite/shared'
import type { InjectStep } from './context.ts'
import { stillChanged } from './look.ts'

/** One failure is rolled back so long before the next one's own timer fires, at most. */
const LONGEST_LEAD_MS = 5_000

/** The planned end: the only one at which a drill's own order counts. */
const PLANNED: ReadonlySet<RevertCause> = new Set(['hold ended', 'released early'])

/** The injects in the order in which they are rolled back: newest first, unless the drill names another for its planned end. */
export function revertOrder({ steps, revertOrder: order = [] }: Plan, cause: RevertCause): InjectStep[] {
  const newestFirst = steps.filter((step): step is InjectStep => step.kind === 'inject').reverse()
  if (order.length === 0 || !PLANNED.has(cause)) return newestFirst
  const place = ({ stepId }: InjectStep) => (order.includes(stepId) ? order.indexOf(stepId) : -1)
  return newestFirst.toSorted((one, other) => place(one) - place(other))
}

/**
 * When each open failure has to be rolled back by the controller, so that the hosts' own timers do not turn the order
 * around: those know nothing of each other, and a failure that was started later, for as long, ends later. Only what is
 * due before its own timer is named; on one host the agent itself keeps the order.
 */
export function dueBeforeOwnTimer(plan: Plan, run: Run): Map<string, number> {
  const open = stillChanged(run)
  const due = new Map<string, number>()
  let nextMs = Number.POSITIVE_INFINITY
  let nextHosts: readonly string[] = []
  for (const step of revertOrder(plan, 'hold ended').reverse()) {
    const rows = open.filter(({ stepId, host }) => stepId === step.stepId && host.injected !== null)
    if (rows.length === 0) continue
    const hosts = rows.map(({ host }) => host.hostId)
    const ownMs = rows.map(({ host }) => (host.injected?.lowMs ?? 0) + step.holdMs)
    const firstMs = nextMs - leadMs(step)
    const isAlone = new Set([...hosts, ...nextHosts]).size === 1
    if (firstMs < Math.max(...ownMs) && !isAlone) due.set(step.stepId, firstMs)
    nextMs = Math.min(...ownMs, firstMs)
    nextHosts = hosts
  }
  return due
}

/** The time that rolling back may take; never more than a quarter of what was asked for. */
function leadMs({ explanations, holdMs }: InjectStep): number {
  const revertMs = Math.max(0, ...explanations.map((one) => one.revertMs))
  return Math.min(revertMs, LONGEST_LEAD_MS, holdMs / 4)
}
