import type { ErrorItem, HostId, PlannedStep } from '@chaos-lite/shared'

type PlannedInject = Extract<PlannedStep, { kind: 'inject' }>

const RULE = 'revertOrder'

/**
 * A drill may name an order of rolling back only for injects that share no host and no resource, as the hosts themselves
 * say what each would touch: otherwise the older one would take the newer one with it, or restore what is not there yet.
 */
export function orderRefusals(
  order: readonly string[],
  steps: readonly PlannedStep[],
  nameOf: (hostId: HostId) => string,
): ErrorItem[] {
  const listed = steps.filter((step): step is PlannedInject => step.kind === 'inject' && order.includes(step.stepId))
  return listed.flatMap((newer, index) =>
    listed.slice(0, index).flatMap((older): ErrorItem[] => {
      const shared = whatIsShared(older, newer, nameOf)
      if (shared === null) return []
      const message = `shares ${shared} with step ${older.stepId}: these two are rolled back newest first only`
      return [{ where: `step ${newer.stepId}`, message, rule: RULE }]
    }),
  )
}

function whatIsShared(older: PlannedInject, newer: PlannedInject, nameOf: (hostId: HostId) => string): string | null {
  const hostId = newer.hostIds.find((one) => older.hostIds.includes(one))
  if (hostId !== undefined) return `the host ${nameOf(hostId)}`
  const touched = new Set(older.explanations.flatMap(({ touches }) => touches))
  const key = newer.explanations.flatMap(({ touches }) => touches).find((one) => touched.has(one))
  return key === undefined ? null : `the resource ${key}`
}
