import { ChaosError } from '@chaos-lite/shared'
import type { Host } from '../host/index.ts'
import type { Policy, Ruling } from './policy.ts'
import { unknownNames } from './unknown-names.ts'

/**
 * A refusal of the policy as an error. It offers the command that would allow it, unless that would allow what does not
 * exist on this host: then it says so, and names the nearest thing that does.
 *
 * The owner of the host learns so of everything. A controller learns it only of lists of which an action says so, such as
 * services, and only where the owner has opened that action to it: a refusal must not become a way to find out what is on a host.
 */
export async function policyRefusal(host: Host, ruling: Ruling, forOwner: boolean): Promise<ChaosError> {
  const { lacking = {}, named = [] } = ruling
  const isOpen = !('actions' in lacking) && !('exercises' in lacking)
  const disclosed = named.filter(({ disclosedBy }) => disclosedBy !== null).map(({ key }) => key)
  return refusal(host, ruling, forOwner ? undefined : isOpen ? disclosed : [])
}

/** The same for a probe, which opens nothing by itself: what a controller learns depends on the actions that are allowed. */
export async function probeRefusal(host: Host, policy: Policy, ruling: Ruling, wallMs: number): Promise<ChaosError> {
  const opened = (ruling.named ?? []).filter(({ disclosedBy: name }) => {
    if (name === null) return false
    const { lacking = {} } = policy.allows({ kind: 'action', name, harmless: false, questions: [], wallMs })
    return !('actions' in lacking)
  })
  return refusal(
    host,
    ruling,
    opened.map(({ key }) => key),
  )
}

async function refusal(host: Host, ruling: Ruling, only: readonly string[] | undefined): Promise<ChaosError> {
  const unknown = await unknownNames(host, ruling.lacking ?? {}, ruling.named ?? [], only)
  const [first] = unknown
  if (first === undefined) return new ChaosError('policy-refused', ruling.reason, { rule: ruling.rule })
  const reason = unknown.map(({ text }) => text).join(' ')
  return new ChaosError('policy-refused', `${reason} The policy was not asked to allow it: correct the name.`, {
    rule: `${first.key}: nothing on this host is called "${first.entry}"`,
  })
}
