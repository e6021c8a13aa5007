import { failureWords, hostName, midOf, type PlannedStep, type Run, type RunStep } from '@chaos-lite/shared'

/** Something that is going on now, with how long it has taken and may take. */
export interface Active {
  readonly key: string
  readonly title: string
  readonly detail: string
  readonly sinceMs: number
  /** How long it may take at most; null where nothing limits it. */
  readonly limitMs: number | null
  readonly tone: 'starting' | 'held' | 'back' | 'people' | 'work'
}

type Inject = Extract<PlannedStep, { kind: 'inject' }>

function earliestOf(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((one) => one !== null)
  return known.length === 0 ? null : Math.min(...known)
}

function injectActive(run: Run, step: RunStep, planned: Inject): Active[] {
  const rows = step.hosts.filter((row) => row.revertEnded === null)
  const names = step.hosts.map((row) => hostName(run, row.hostId)).join(', ')
  const what = `${failureWords(planned)} on ${names}`
  const reverting = earliestOf(rows.map((row) => row.revertBegun && midOf(row.revertBegun)))
  if (reverting !== null) {
    const limitMs = Math.max(0, ...planned.explanations.map((one) => one.revertMs)) || null
    return [
      {
        key: `${step.stepId} back`,
        title: `Rolling back: ${what}`,
        detail: 'Our change is removed, by the undo record.',
        sinceMs: reverting,
        limitMs,
        tone: 'back',
      },
    ]
  }
  const injected = earliestOf(rows.map((row) => row.injected && midOf(row.injected)))
  if (injected !== null) {
    const seen = step.effect.state === 'seen'
    const detail = seen
      ? 'Impact confirmed. It is rolled back early, or when this time is over.'
      : `Waiting for ${planned.effect.probeId} to confirm the failure.`
    return [
      { key: `${step.stepId} held`, title: what, detail, sinceMs: injected, limitMs: planned.holdMs, tone: 'held' },
    ]
  }
  if (step.state !== 'started' || step.startedMs === null) return []
  const limitMs = Math.max(0, ...planned.explanations.map((one) => one.injectMs)) || null
  return [
    {
      key: `${step.stepId} start`,
      title: `Starting: ${what}`,
      detail: 'The original is saved and the safety timer set first.',
      sinceMs: step.startedMs,
      limitMs,
      tone: 'starting',
    },
  ]
}

function otherActive(run: Run, step: RunStep, planned: PlannedStep): Active[] {
  const sinceMs = step.startedMs
  if (step.state !== 'started' || sinceMs === null) return []
  const one = { key: step.stepId, sinceMs }
  switch (planned.kind) {
    case 'exercise': {
      const names = step.hosts.map((row) => hostName(run, row.hostId)).join(', ')
      const phase = step.hosts.flatMap((row) => row.phases).at(-1)
      const detail = phase ? `Last finished: ${phase.phase}.` : 'Works in scratch space; the backup is only read.'
      return [{ ...one, title: `${planned.exercise} on ${names}`, detail, limitMs: planned.withinMs, tone: 'work' }]
    }
    case 'ask':
      return [
        {
          ...one,
          title: planned.text,
          detail: `Waiting for ${planned.of} to answer.`,
          limitMs: planned.withinMs,
          tone: 'people',
        },
      ]
    case 'alert':
      return [
        { ...one, title: planned.text, detail: 'Waiting for this alert.', limitMs: planned.withinMs, tone: 'people' },
      ]
    case 'wait':
      return [
        { ...one, title: 'Waiting', detail: 'The drill lets some time pass.', limitMs: planned.forMs, tone: 'work' },
      ]
    case 'inject':
      return []
  }
}

/** Everything that is going on in a run now, in the order of the method. */
export function activeOf(run: Run): Active[] {
  if (run.phase === 'ended') return []
  return run.steps.flatMap((step) => {
    const planned = run.plan?.steps.find((one) => one.stepId === step.stepId)
    if (planned === undefined) return []
    return planned.kind === 'inject' ? injectActive(run, step, planned) : otherActive(run, step, planned)
  })
}
