import { ChaosError } from '@chaos-lite/shared'
import type { Host } from '../host/host.ts'
import type { Ruling } from './policy.ts'
import { unknownNames } from './unknown-names.ts'

/**
 * A refusal of the policy as an error. It offers the command that would allow it, unless that would allow what does not
 * exist on this host: then it says so, and names the nearest thing that does.
 *
 * The owner of the host is told so of everything. A controller is told only of services and network interfaces, and only
 * where the owner has opened that action to it: a refusal must not become a way to find out what is on a host.
 */
export async function policyRefusal(host: Host, ruling: Ruling, forOwner: boolean): Promise<ChaosError> {
  const { lacking = {} } = ruling
  const isOpen = !('actions' in lacking) && !('exercises' in lacking)
  const only = forOwner ? undefined : isOpen ? ['services', 'interfaces'] : []
  const unknown = await unknownNames(host, lacking, only)
  const [first] = unknown
  if (first === undefined) return new ChaosError('policy-refused', ruling.reason, { rule: ruling.rule })
  const reason = unknown.map(({ text }) => text).join(' ')
  return new ChaosError('policy-refused', `${reason} The policy was not asked to allow it: correct the name.`, {
    rule: `${first.key}: nothing on this host is called "${first.entry}"`,
  })
}
