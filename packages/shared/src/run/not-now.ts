import type { HostId } from '../primitives.ts'
import type { Plan } from './plan.ts'

/** How a host begins the sentence of its explanation that says why nothing could be started there at this moment. */
export const NOT_NOW = 'It cannot be started now: '

/** Why a run of this plan would be refused if it were started at once, host by host, each reason once. */
export function notNow(plan: Plan): readonly { hostId: HostId; name: string; reason: string }[] {
  const found = plan.steps.flatMap((step) =>
    step.kind === 'inject' || step.kind === 'exercise'
      ? step.explanations.flatMap(({ hostId, sentences }) =>
          sentences.filter(isNotNow).map((sentence) => ({ hostId, reason: sentence.slice(NOT_NOW.length) })),
        )
      : [],
  )
  const once = new Map(found.map((one) => [`${one.hostId} ${one.reason}`, one]))
  const nameOf = (hostId: HostId) => plan.hosts.find((host) => host.hostId === hostId)?.name ?? hostId
  return [...once.values()].map((one) => ({ ...one, name: nameOf(one.hostId) }))
}

/** Does this sentence of an explanation say why its host would refuse at this moment? It may accept a minute later. */
export function isNotNow(sentence: string): boolean {
  return sentence.startsWith(NOT_NOW)
}
