import { ALLOW_COMMAND, type Offer } from '@chaos-lite/shared'
import type { Abilities, Ability } from '../host/index.ts'
import { allowCommand } from '../policy/index.ts'
import { entriesIn, type HostPolicy } from '../policy-file/index.ts'
import { isHarmless } from '../probes/index.ts'
import { oneLine } from '../text/index.ts'
import type { Catalogue } from './catalogue.ts'

/** Of each of these groups of lists one must have an entry before a probe can be allowed anything. */
export const probeLists: Readonly<Record<string, readonly (readonly string[])[]>> = {
  http: [['probeHosts']],
  tcp: [['probeHosts']],
  dns: [['probeHosts', 'names']],
  tls: [['probeHosts']],
  service: [['services']],
  process: [['processes']],
  membership: [['accounts'], ['groups']],
  file: [['probePaths', 'files', 'folders']],
  disk: [['probePaths', 'files', 'folders']],
  io: [['probePaths', 'files', 'folders']],
  certificate: [['probePaths', 'files', 'folders']],
  login: [['credentials']],
  account: [['accounts']],
  backup: [['repositories']],
}

/**
 * What this host offers, item by item: what its operating system can do, and what its owner's policy names. Which
 * service, folder or machine is decided when a plan asks for it.
 */
export function offersOf(catalogue: Catalogue, abilities: Abilities, policy: HostPolicy): Offer[] {
  return [
    ...catalogue.actions.map((item) => offer('action', item, abilities, namedRefusal(policy, 'actions', item.name))),
    ...catalogue.probes.map((item) =>
      offer('probe', item, abilities, isHarmless(item.params) ? null : probeRefusal(policy, item.name)),
    ),
    ...catalogue.exercises.map((item) =>
      offer('exercise', item, abilities, namedRefusal(policy, 'exercises', item.name)),
    ),
  ]
}

function offer(
  kind: Offer['kind'],
  { name, needs }: { readonly name: string; readonly needs: readonly Ability[] },
  abilities: Abilities,
  refusal: string | null,
): Offer {
  const missing = needs.find((need) => abilities.get(need)?.has !== true)
  const cannot = missing === undefined ? null : (abilities.get(missing)?.why ?? `this host offers no ${missing}`)
  const why = cannot ?? refusal ?? 'this host can do it and its policy allows it'
  const lacks = cannot !== null ? 'ability' : refusal !== null ? 'permission' : null
  return { name, kind, offered: lacks === null, lacks, why: oneLine(why, 512) }
}

function namedRefusal(policy: HostPolicy, key: 'actions' | 'exercises', name: string): string | null {
  if (policy.broken !== null) return policy.broken
  if (policy.file[key].includes(name)) return null
  return `not allowed by ${policy.path}; to allow it: ${allowCommand({ [key]: [name] })}`
}

function probeRefusal(policy: HostPolicy, name: string): string | null {
  if (policy.broken !== null) return policy.broken
  const groups = probeLists[name] ?? []
  if (groups.length === 0) return `no line of ${policy.path} can allow it`
  const lacking = groups.filter((keys) => keys.every((key) => entriesIn(policy.file, key).length === 0))
  if (lacking.length === 0) return null
  const entries = lacking.map(([first]) => `${first}=…`).join(' ')
  return `${policy.path} names nothing for it; allow what it may look at: ${ALLOW_COMMAND} ${entries}`
}
