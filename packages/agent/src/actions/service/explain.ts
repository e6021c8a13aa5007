import { type ServiceUndo, startOrder } from './service-undo.ts'

/** The plan of a stop, sentence by sentence. */
export function sentencesOf(undo: ServiceUndo): readonly string[] {
  const named = (role: string) => undo.units.filter((unit) => unit.role === role).map(({ name }) => name)
  const [service] = named('service')
  const triggers = named('trigger').filter((name) => !name.endsWith('.service'))
  const upholders = named('trigger').filter((name) => name.endsWith('.service'))
  const dependents = named('dependent')
  const { started = [], startedOnFailure = [] } = undo
  const [{ stopMs = 0, activeState = '' } = {}] = undo.units
  const order = startOrder(undo).map(({ name }) => name)
  return [
    `${service} is stopped by ${undo.manager}${activeState === 'active' ? '' : ' (it is idle now, and waits to be started on demand)'}. Whether it starts at boot is not changed.`,
    ...(triggers.length === 0 ? [] : [`${triggers.join(', ')} would start it again: stopped as well.`]),
    ...(upholders.length === 0
      ? []
      : [`${upholders.join(', ')} would start it again at once (Upholds=): stopped as well.`]),
    ...(dependents.length === 0 ? [] : [`${dependents.join(', ')}: ${undo.manager} stops them together with it.`]),
    ...(started.length === 0 ? [] : [`${started.join(', ')}: ${undo.manager} starts them when it stops (OnSuccess=).`]),
    ...(startedOnFailure.length === 0
      ? []
      : [`${startedOnFailure.join(', ')}: ${undo.manager} starts them if the stop ends as a failure (OnFailure=).`]),
    'If the stop would reach any other unit, it is cancelled, and what had stopped is started again.',
    `If it does not stop within ${Math.round(stopMs / 1000)} s, the stop is cancelled and it is started again; processes that then still hang are killed.`,
    `Rolled back: started again in this order: ${order.join(', ')}. What somebody disabled, masked or started meanwhile is left as it is.`,
  ]
}
