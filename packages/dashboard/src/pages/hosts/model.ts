import type { HostView, IncidentView } from '@chaos-lite/shared/api'
import { writeLabels } from '../../components/index.ts'

/** What is wrong with a host, as sentences for people; the gravest first. */
export function troublesOf({ inventory, unconfirmedRunId }: HostView): string[] {
  const troubles: string[] = []
  if (unconfirmedRunId !== null) {
    troubles.push(
      `It has not said how it came back: run ${unconfirmedRunId} ended without its word. It may still be down.`,
    )
  }
  if (inventory === null) return troubles
  const { readable, stuck } = inventory.journal
  if (!readable) troubles.push('Its journal cannot be read. No failure is started here until a person has looked.')
  if (stuck > 0) {
    const what = stuck === 1 ? 'One change' : `${stuck} changes`
    troubles.push(`${what} could not be rolled back. A person must act: UNDO.txt in its journal says how.`)
  }
  return troubles
}

/** What is worth knowing about a host, though nothing is broken. */
export function remarksOf({ inventory, state, proposedLabels }: HostView): string[] {
  if (inventory === null || state !== 'approved') return []
  const { policy, journal } = inventory
  const remarks = [...policy.warnings]
  const proposed = writeLabels(proposedLabels)
  if (proposed !== '') remarks.push(`It proposes the labels ${proposed}. Drills ignore them until you confirm them.`)
  if (!policy.present) remarks.unshift('It has no policy file yet, so it offers harmless probes only.')
  if (journal.open > 0 && journal.stuck === 0)
    remarks.push(journal.open === 1 ? '1 undo record is open.' : `${journal.open} undo records are open.`)
  return remarks
}

/** What may be drilled on a host, in a few words. */
export function offerWords({ offers, state }: HostView): string {
  if (state === 'revoked') return 'Revoked: no drill uses it'
  if (offers.length === 0) return 'It has not said yet what may be drilled here'
  const may = offers.filter((one) => one.kind !== 'probe' && one.offered).map((one) => one.name)
  return may.length === 0 ? 'Only looks: nothing may be changed here' : `May be drilled: ${may.join(', ')}`
}

const WEEK_MS = 7 * 86_400_000
const MOST_INCIDENTS = 8

/** Incidents as the page lists them: one line for each kind and host, newest first, with how often it was. */
export function recentIncidents(
  incidents: readonly IncidentView[],
  nowMs: number,
): { key: string; name: string; kind: string; reason: string; atMs: number; times: number }[] {
  const lines = new Map<
    string,
    { key: string; name: string; kind: string; reason: string; atMs: number; times: number }
  >()
  for (const { hostId, hostName, kind, reason, atMs } of incidents.toSorted((a, b) => b.atMs - a.atMs)) {
    if (nowMs - atMs > WEEK_MS) continue
    // Anybody can send the id of a host that is not there: all of them share a line, and push no other one out.
    const stranger = kind === 'store restored' && hostId !== null && hostName === null
    const key = `${stranger ? 'a stranger' : hostId} ${kind}`
    const name = stranger ? 'Unknown host' : (hostName ?? hostId ?? 'The controller')
    const known = lines.get(key)
    if (known) known.times += 1
    else lines.set(key, { key, name, kind, reason, atMs, times: 1 })
  }
  return [...lines.values()].slice(0, MOST_INCIDENTS)
}
