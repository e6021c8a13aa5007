import type { ErrorItem, HostId, PrepareAnswer, ResolvedDrill } from '@chaos-lite/shared'
import type { ListedHost } from '../../store/index.ts'

/**
 * Where a drill names no effect probe, every host must propose one, and all the same: a failure that nobody would see on
 * one of its hosts proves nothing there, and must not pass because of the others.
 */
export function effectRefusals(
  drill: ResolvedDrill,
  groups: Readonly<Record<string, readonly HostId[]>>,
  hosts: readonly ListedHost[],
  answers: ReadonlyMap<HostId, PrepareAnswer>,
): ErrorItem[] {
  return drill.steps.flatMap((step) => {
    if (step.kind !== 'inject') return []
    let first: string | null = null
    return (groups[step.on] ?? []).flatMap((hostId): ErrorItem[] => {
      const name = hosts.find((host) => host.hostId === hostId)?.name ?? hostId
      const where = `${name}, step ${step.stepId}`
      const prepared = answers.get(hostId)?.steps.find((one) => one.stepId === step.stepId)
      if (prepared?.ok !== true) return [{ where, message: 'did not say what would be touched', rule: null }]
      if (step.effect !== null) return []
      const { effect } = prepared
      if (effect === null) {
        const message = 'nothing on this host would show the failure: name an effect probe in the drill'
        return [{ where, message, rule: 'effect: { probe, expect }' }]
      }
      first ??= `${effect.probe} ${effect.expect}`
      if (first === `${effect.probe} ${effect.expect}`) return []
      const message = `would show the failure in another way (${effect.probe}) than the first host: name an effect probe`
      return [{ where, message, rule: 'effect: { probe, expect }' }]
    })
  })
}
