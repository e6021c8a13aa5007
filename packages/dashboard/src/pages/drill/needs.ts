import { type Drill, OBJECTIVE_WORDS, type ObjectiveName, type Step } from '@chaos-lite/shared'

/** A drill read aloud: what it needs, what it does, what it wants to know. */
export interface DrillStory {
  readonly needs: readonly string[]
  readonly mustWork: readonly string[]
  readonly alsoWatched: readonly string[]
  readonly steps: readonly string[]
  readonly targets: readonly string[]
  readonly stopsWhen: readonly string[]
}

type Fill = (text: string) => string

/** Puts the values of the form in place of `${params.…}`; a value that is missing is shown as its name. */
export function fillWith(values: Readonly<Record<string, unknown>>): Fill {
  return (text) =>
    text.replace(/\$\{params\.([a-zA-Z][a-zA-Z0-9_-]*)\}/g, (_whole, name: string) => {
      const value = values[name]
      return value === undefined || value === '' ? `‹${name}›` : String(value)
    })
}

function countWords({
  exactly,
  atLeast,
  atMost,
}: {
  exactly?: number | undefined
  atLeast?: number | undefined
  atMost?: number | undefined
}): string {
  if (exactly !== undefined) return exactly === 1 ? 'Exactly one host' : `Exactly ${exactly} hosts`
  if (atLeast !== undefined && atMost !== undefined) return `${atLeast} to ${atMost} hosts`
  if (atLeast !== undefined) return `At least ${atLeast} hosts`
  return atMost === undefined ? 'Every host' : `Up to ${atMost} hosts`
}

function stepWords(step: Step, fill: Fill): string {
  if ('inject' in step) return `Start ${step.inject} on ${step.on}, for at most ${fill(step.hold)}; then roll it back`
  if ('exercise' in step) return `Do ${step.exercise} on ${step.on}, within ${fill(step.within)}`
  if ('ask' in step) return `Ask ${step.of}: “${fill(step.ask)}”, within ${fill(step.within)}`
  if ('expectAlert' in step) return `Expect an alert within ${fill(step.within)}: “${fill(step.expectAlert)}”`
  return `Wait ${fill(step.wait)}`
}

function probeWords(probes: Drill['steadyState']): string[] {
  return Object.entries(probes ?? {}).map(([name, use]) => `${name}: ${use.probe}, seen from ${use.on}`)
}

/** The story of a drill with these values of its parameters. */
export function storyOf(drill: Drill, values: Readonly<Record<string, unknown>>): DrillStory {
  const fill = fillWith(values)
  return {
    needs: Object.entries(drill.targets).map(([group, target]) => {
      const labels = Object.entries(target.where).map(([name, value]) => `${name}: ${fill(value)}`)
      return `${group}: ${countWords(target).toLowerCase()} labelled ${labels.join(', ')}`
    }),
    mustWork: probeWords(drill.steadyState),
    alsoWatched: probeWords(drill.watch),
    steps: drill.method.map((step) => stepWords(step, fill)),
    targets: Object.entries(drill.objectives ?? {}).map(
      ([name, target]) => `${OBJECTIVE_WORDS[name as ObjectiveName]}: within ${fill(target?.within ?? '')}`,
    ),
    stopsWhen: (drill.abort ?? []).map((one) => `${one.probe} fails ${one.failsInARow} times in a row`),
  }
}
