import {
  failureWords,
  formatDuration,
  isNotNow,
  type Labels,
  longestChangedMs,
  type Plan,
  type PlannedStep,
  safetyTimerMs,
} from '@chaos-lite/shared'

/** One thing that will be done to one host, as the plan shows it. */
export interface PlannedDeed {
  readonly stepId: string
  readonly title: string
  readonly touches: readonly string[]
  readonly sentences: readonly string[]
  readonly longest: string
  /** How the failure will be confirmed; null for exercises. */
  readonly confirmedBy: string | null
}

/** What a plan does on one host, with the probes that run there. */
export interface PlannedHostView {
  readonly hostId: string
  readonly name: string
  readonly labels: Labels
  readonly deeds: readonly PlannedDeed[]
  /** The probes that look from this host; they change nothing. */
  readonly looks: readonly string[]
}

function deedOf(step: PlannedStep, hostId: string): PlannedDeed[] {
  if (step.kind !== 'inject' && step.kind !== 'exercise') return []
  if (!step.hostIds.includes(hostId)) return []
  const explanation = step.explanations.find((one) => one.hostId === hostId)
  const { touches = [], sentences = [], injectMs = 0, revertMs = 0 } = explanation ?? {}
  // What keeps it from being started at this moment stands at the button that starts it.
  const common = { stepId: step.stepId, touches, sentences: sentences.filter((one) => !isNotNow(one)) }
  if (step.kind === 'exercise') {
    const longest = `Given up after ${formatDuration(step.withinMs)}`
    return [{ ...common, title: step.exercise, longest, confirmedBy: null }]
  }
  const budget = { injectMs, effectWaitMs: step.effectWaitMs, holdMs: step.holdMs, revertMs }
  const timer = `the safety timer starts to roll it back after ${formatDuration(safetyTimerMs(budget))}`
  const longest = `In place for at most ${formatDuration(step.holdMs)}; whatever happens, ${timer}, and it is rolled back within ${formatDuration(longestChangedMs(budget))}`
  const confirmedBy = `Counts only if ${step.effect.probeId} goes ${step.effect.expect} within ${formatDuration(step.effectWaitMs)}; otherwise it is rolled back at once and the drill fails`
  return [{ ...common, title: `${failureWords(step, hostId)} (${step.action})`, longest, confirmedBy }]
}

/** A plan host by host: first those that are changed. */
export function plannedHosts(plan: Plan): PlannedHostView[] {
  const hosts = plan.hosts.map(({ hostId, name, labels }) => ({
    hostId,
    name,
    labels,
    deeds: plan.steps.flatMap((step) => deedOf(step, hostId)),
    looks: plan.probes
      .filter((probe) => probe.hostIds.includes(hostId))
      .map((probe) => `${probe.probeId} (${probe.probe}, every ${formatDuration(probe.everyMs)})`),
  }))
  return hosts.sort((a, b) => Math.min(1, b.deeds.length) - Math.min(1, a.deeds.length))
}

/** The steps in which people take part. */
export function peopleSteps(plan: Plan): string[] {
  return plan.steps.flatMap((step) => {
    if (step.kind === 'ask') return [`${step.of} is asked, and has ${formatDuration(step.withinMs)}: “${step.text}”`]
    if (step.kind === 'alert') return [`This alert is expected within ${formatDuration(step.withinMs)}: “${step.text}”`]
    return []
  })
}
