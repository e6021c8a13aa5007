import { formatDuration, type Plan, type PlannedStep, revertOrderText } from '@chaos-lite/shared'

const indent = (text: string, by = 4) => `${' '.repeat(by)}${text}`

/** A plan as one page that a sysadmin can print: what will be touched, how, for how long, how it is rolled back. */
export function planPage(plan: Plan): string {
  const names = new Map(plan.hosts.map((host) => [host.hostId, host.name]))
  const params = Object.entries(plan.params).map(([name, value]) => `${name} = ${String(value)}`)
  return [
    plan.title,
    '='.repeat(plan.title.length),
    plan.why,
    '',
    `Drill ${plan.drill} version ${plan.drillVersion}; ${plan.kind}, ${plan.mode}`,
    ...(params.length > 0 ? ['With', ...params.map((text) => indent(text, 2))] : []),
    '',
    'Health checks (must pass before and after)',
    ...probeLines(plan, names, 'steady'),
    ...(plan.probes.some((probe) => probe.role === 'watch')
      ? ['For information', ...probeLines(plan, names, 'watch')]
      : []),
    '',
    'What happens, in this order',
    ...plan.steps.flatMap((step, index) => [`  ${index + 1}. ${stepTitle(step)}`, ...stepLines(step, names)]),
    ...[revertOrderText(plan) ?? []].flat().map((text) => indent(text, 2)),
    '',
    'What is not touched',
    ...untouched(plan).map((name) => indent(name, 2)),
    '',
    ...targetLines(plan),
    `Worst case: every change is rolled back ${formatDuration(plan.worstCaseMs)} after it was made, even if this controller is lost:`,
    '  each host has a safety timer of its own, armed before anything is changed.',
    `Plan fingerprint: ${plan.digest}`,
  ].join('\n')
}

type Names = ReadonlyMap<string, string>

function probeLines(plan: Plan, names: Names, role: 'steady' | 'watch'): string[] {
  const probes = plan.probes.filter((probe) => probe.role === role)
  if (probes.length === 0) return ['  nothing is named']
  return probes.map((probe) => {
    const where = probe.hostIds.map((id) => names.get(id) ?? id).join(', ')
    return `  ${probe.probeId}: ${probe.probe} from ${where}, every ${formatDuration(probe.everyMs)}`
  })
}

function stepTitle(step: PlannedStep): string {
  switch (step.kind) {
    case 'inject':
      return `Failure ${step.action} (${step.stepId}), for at most ${formatDuration(step.holdMs)}`
    case 'exercise':
      return `Exercise ${step.exercise} (${step.stepId}), within ${formatDuration(step.withinMs)}`
    case 'ask':
      return `Question to ${step.of}: ${step.text} (${formatDuration(step.withinMs)} to answer)`
    case 'alert':
      return `Expected alert: ${step.text} (within ${formatDuration(step.withinMs)})`
    case 'wait':
      return `Wait ${formatDuration(step.forMs)}`
  }
}

function stepLines(step: PlannedStep, names: Names): string[] {
  if (step.kind !== 'inject' && step.kind !== 'exercise') return []
  const effect =
    step.kind === 'inject' ? [`     confirmed when ${step.effect.probeId} is seen ${step.effect.expect}`] : []
  const hosts = step.explanations.flatMap((one) => [
    `     on ${names.get(one.hostId) ?? one.hostId}`,
    ...one.touches.map((key) => `       touches ${key}`),
    ...one.sentences.map((sentence) => `       - ${sentence}`),
    ...(step.kind === 'inject' ? [`       rolled back within ${formatDuration(one.revertMs)} of the order`] : []),
  ])
  return [...hosts, ...effect]
}

/** Hosts that only observe, named so that nobody has to wonder. */
function untouched(plan: Plan): string[] {
  const touched = new Set(plan.steps.flatMap((step) => ('hostIds' in step ? step.hostIds : [])))
  const others = plan.hosts.filter((host) => !touched.has(host.hostId)).map((host) => `${host.name} (only observes)`)
  return [...others, 'everything that is not listed above, on every host']
}

function targetLines(plan: Plan): string[] {
  const targets = Object.entries(plan.objectives)
  if (targets.length === 0) return []
  return ['Target times', ...targets.map(([name, { withinMs }]) => `  ${name}: within ${formatDuration(withinMs)}`), '']
}
