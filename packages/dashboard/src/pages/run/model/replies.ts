import { formatDuration, type Run, type RunAlert, type RunQuestion } from '@chaos-lite/shared'

/** How it stands with something that a drill wants from people. */
export interface Reply {
  readonly tone: 'open' | 'good' | 'bad' | 'quiet'
  /** When it came or was given up; null while it is waited for. */
  readonly atMs: number | null
  /** The figures: how long it took or was waited for, and what was allowed. */
  readonly figures: string
}

/** A timer of the controller may ring so much before its time. */
const EARLY_MS = 100

function endOf(run: Run, stepId: string): number | null {
  const step = run.steps.find((one) => one.stepId === stepId)
  return step?.endedMs ?? run.endedMs
}

/** The failures that the method starts before this step: what the step is about. */
function heldBefore(run: Run, stepId: string): { injectedMs: number | null; revertingMs: number | null } | null {
  const steps = run.plan?.steps ?? []
  const at = steps.findIndex((step) => step.stepId === stepId)
  const cause = steps.slice(0, Math.max(0, at)).findLast((step) => step.kind === 'inject')
  if (cause === undefined) return null
  const rows = run.steps.find((step) => step.stepId === cause.stepId)?.hosts ?? []
  const injected = rows.flatMap((row) => row.injected ?? [])
  const reverting = rows.map((row) => row.revertBegun)
  const all = reverting.every((one) => one !== null)
  return {
    injectedMs: injected.length === 0 ? null : Math.min(...injected.map((one) => one.lowMs)),
    revertingMs: all && reverting.length > 0 ? Math.max(...reverting.map((one) => one.highMs)) : null,
  }
}

/** Nothing came: was the time over, or did the run end before that? */
function nothing(sinceMs: number, withinMs: number, endMs: number | null, nowMs: number): Reply {
  const allowed = formatDuration(withinMs)
  const waitedMs = (endMs ?? nowMs) - sinceMs
  if (waitedMs >= withinMs - EARLY_MS) {
    return { tone: 'bad', atMs: endMs, figures: `not within ${allowed}` }
  }
  // In whole seconds while it changes under the eyes of the reader.
  const shownMs = endMs === null ? Math.floor(waitedMs / 1000) * 1000 : waitedMs
  const figures = `${formatDuration(Math.max(0, shownMs))} of ${allowed}`
  return endMs === null ? { tone: 'open', atMs: null, figures } : { tone: 'quiet', atMs: endMs, figures }
}

/** How it stands with an expected alert. */
export function alertReply(run: Run, { stepId, awaitedMs, received }: RunAlert, nowMs: number): Reply {
  const planned = run.plan?.steps.find((one) => one.stepId === stepId)
  const withinMs = planned?.kind === 'alert' ? planned.withinMs : 0
  if (received === null) return nothing(awaitedMs ?? nowMs, withinMs, endOf(run, stepId), nowMs)
  const { ms } = received
  const held = heldBefore(run, stepId)
  if (held !== null && (held.injectedMs === null || ms < held.injectedMs))
    return { tone: 'bad', atMs: ms, figures: 'before its failure was in place' }
  const tookMs = Math.max(0, ms - (awaitedMs ?? ms))
  const took = `after ${formatDuration(tookMs)}, expected within ${formatDuration(withinMs)}`
  if (tookMs > withinMs) return { tone: 'bad', atMs: ms, figures: `${formatDuration(tookMs - withinMs)} late: ${took}` }
  if (held?.revertingMs != null && ms > held.revertingMs && (awaitedMs ?? ms) < held.revertingMs)
    return { tone: 'bad', atMs: ms, figures: `when its failure was over already: ${took}` }
  return { tone: 'good', atMs: ms, figures: took }
}

/** How it stands with a question. */
export function questionReply(run: Run, question: RunQuestion, nowMs: number): Reply {
  const { stepId, askedMs, untilMs, answer, expect } = question
  const withinMs = untilMs - askedMs
  if (answer === null) return nothing(askedMs, withinMs, endOf(run, stepId), nowMs)
  const { ms } = answer
  const took = `after ${formatDuration(Math.max(0, ms - askedMs))} of ${formatDuration(withinMs)}`
  if (ms > untilMs) return { tone: 'bad', atMs: ms, figures: `${formatDuration(ms - untilMs)} late: ${took}` }
  if (expect !== 'any' && answer.answer !== expect)
    return { tone: 'bad', atMs: ms, figures: `expected “${expect}”; ${took}` }
  return { tone: 'good', atMs: ms, figures: took }
}
