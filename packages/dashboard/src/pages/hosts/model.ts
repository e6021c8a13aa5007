import type { HostView } from '@chaos-lite/shared'

/** What is wrong with a host, as sentences for people; the gravest first. */
export function troublesOf({ inventory }: HostView): string[] {
  if (inventory === null) return []
  const { readable, stuck } = inventory.journal
  const troubles: string[] = []
  if (!readable) troubles.push('Its journal cannot be read. No failure is started here until a person has looked.')
  if (stuck > 0) {
    const what = stuck === 1 ? 'One change' : `${stuck} changes`
    troubles.push(`${what} could not be put back. A person must act: UNDO.txt in its journal says how.`)
  }
  return troubles
}

/** What is worth knowing about a host, though nothing is broken. */
export function remarksOf({ inventory, state }: HostView): string[] {
  if (inventory === null || state !== 'approved') return []
  const { policy, journal } = inventory
  const remarks = [...policy.warnings]
  if (!policy.present) remarks.unshift('It has no policy file yet, so it offers harmless probes only.')
  if (journal.open > 0 && journal.stuck === 0) remarks.push(`${journal.open} saved originals are open.`)
  return remarks
}

/** Where a host stands in the list: trouble first, then those that wait, the lost ones, the rest; revoked ones last. */
function rank(host: HostView): number {
  if (host.state === 'revoked') return 4
  if (troublesOf(host).length > 0) return 0
  if (host.state === 'pending') return 1
  return host.online ? 3 : 2
}

/** The hosts that match what was typed (name, labels, system, address), in the order a person wants them. */
export function shownHosts(hosts: readonly HostView[], typed: string): HostView[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const textOf = (host: HostView) =>
    [
      host.name,
      host.state,
      host.online ? 'online' : 'offline',
      host.inventory?.os ?? '',
      ...(host.inventory?.addresses ?? []),
      ...Object.entries(host.labels).map(([name, value]) => `${name}:${value} ${name}: ${value}`),
    ]
      .join(' ')
      .toLowerCase()
  return hosts
    .filter((host) => words.every((word) => textOf(host).includes(word)))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}

/** What may be drilled on a host, in a few words. */
export function offerWords({ offers }: HostView): string {
  if (offers.length === 0) return 'It has not said yet what may be drilled here'
  const may = offers.filter((one) => one.kind !== 'probe' && one.offered).map((one) => one.name)
  return may.length === 0 ? 'Only looks: nothing may be changed here' : `May be drilled: ${may.join(', ')}`
}
