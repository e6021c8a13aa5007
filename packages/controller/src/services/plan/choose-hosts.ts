import { carriesLabels, type ErrorItem, type HostId, type TargetSelector } from '@chaos-lite/shared'
import type { HostRow } from '../../store/index.ts'

/** Enough to know where to look. */
const MOST_NAMED = 3

/** The hosts of each group, each host once in `hosts`, and why a selection breaks the limits of the drill. */
export interface Chosen {
  readonly groups: Record<string, HostId[]>
  readonly hosts: readonly HostRow[]
  readonly refusals: readonly ErrorItem[]
}

/** Resolves the groups of a drill by labels. A group that matches fewer or more hosts than it may refuses the plan. */
export function chooseHosts(
  targets: Readonly<Record<string, TargetSelector>>,
  candidates: readonly HostRow[],
  hostsAtMost: number | null,
): Chosen {
  const approved = candidates.filter((host) => host.state === 'approved')
  const groups: Record<string, HostId[]> = {}
  const refusals: ErrorItem[] = []
  for (const [group, selector] of Object.entries(targets)) {
    const matching = approved.filter((host) => carriesLabels(host.labels, selector.where)).map((host) => host.hostId)
    groups[group] = matching
    const complaint = countComplaint(selector, matching.length)
    const message = `${complaint}${matching.length === 0 ? proposalsOf(approved, selector) : ''}`
    if (complaint !== null) refusals.push({ where: `group ${group}`, message, rule: describe(selector) })
  }
  const chosen = new Set(Object.values(groups).flat())
  if (hostsAtMost !== null && chosen.size > hostsAtMost) {
    const message = `${chosen.size} hosts match, and the drill's limits allow ${hostsAtMost}`
    refusals.push({ where: 'limits', message, rule: `limits: { hosts: ${hostsAtMost} }` })
  }
  return { groups, hosts: approved.filter((host) => chosen.has(host.hostId)), refusals }
}

/** Hosts that would match if an administrator confirmed what they say of themselves: what to do, as a sentence. */
function proposalsOf(approved: readonly HostRow[], { where }: TargetSelector): string {
  const names = approved
    .filter(({ labels, proposedLabels }) => carriesLabels({ ...proposedLabels, ...labels }, where))
    .map(({ name }) => name)
    .slice(0, MOST_NAMED)
  return names.length === 0 ? '' : `; ${names.join(', ')} only proposes these labels: confirm them on the host's page`
}

function countComplaint(selector: TargetSelector, count: number): string | null {
  const wanted = describe(selector)
  if (selector.exactly !== undefined && count !== selector.exactly)
    return `${count} approved hosts match ${wanted}, expected exactly ${selector.exactly}`
  if (selector.atMost !== undefined && count > selector.atMost)
    return `${count} approved hosts match ${wanted}, at most ${selector.atMost} are allowed`
  const least = selector.atLeast ?? 1
  if (count < least) return `${count} approved hosts match ${wanted}, at least ${least} needed`
  return null
}

function describe(selector: TargetSelector): string {
  return Object.entries(selector.where)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
}
