import { HostView, IncidentView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { allOf } from '../client/api.ts'
import { ExitCode } from '../exit-codes.ts'
import { instantText } from '../print/instant.ts'
import { plainTable } from '../print/table.ts'
import { answer, type CommandContext } from './context.ts'

/** Which hosts are listed. */
export interface HostFilter {
  /** Words that must all be found. */
  readonly text: string
  readonly state: string | null
  readonly link: string | null
}

/** Lists the hosts: what they are, whether they are there, and what they may do. */
export async function hosts(
  context: CommandContext,
  given: HostFilter = { text: '', state: null, link: null },
): Promise<ExitCode> {
  const query = new URLSearchParams(given.text === '' ? {} : { text: given.text })
  if (given.state !== null) query.set('state', given.state)
  if (given.link !== null) query.set('link', given.link)
  const asked = query.toString()
  const found = await allOf(await context.api(), asked === '' ? '/hosts' : `/hosts?${asked}`, HostView)
  answer(context, found, () =>
    found.length === 0
      ? asked === ''
        ? 'No hosts yet. Make a token with: chaos-lite token create'
        : 'No host matches.'
      : plainTable(['HOST', 'LINK', 'STATE', 'LABELS', 'OFFERS', 'NOTE'], found.map(row)),
  )
  return ExitCode.ok
}

function row(host: HostView): string[] {
  const actions = host.offers.filter((offer) => offer.kind === 'action' && offer.offered).map(({ name }) => name)
  return [
    host.name,
    host.online ? 'online' : 'offline',
    host.state,
    labelsOf(host.labels),
    actions.join(' ') || '-',
    noteOf(host),
  ]
}

function noteOf(host: HostView): string {
  if (host.inventory?.journal.readable === false) return 'its journal cannot be read'
  if ((host.inventory?.journal.stuck ?? 0) > 0) return 'STUCK: a person must act, see UNDO.txt on the host'
  if (host.unconfirmedRunId !== null) return `NOT CONFIRMED: run ${host.unconfirmedRunId} ended without its word`
  if (host.busyRunId !== null) return `held by run ${host.busyRunId}`
  const proposed = labelsOf(host.proposedLabels)
  return proposed === '' ? '' : `proposes ${proposed}; confirm on its page in the dashboard`
}

function labelsOf(labels: HostView['labels']): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}

/** Lists what should not have happened with hosts' identities and facts, newest first. */
export async function incidents(context: CommandContext): Promise<ExitCode> {
  const found = await (await context.api()).get('/incidents', z.array(IncidentView))
  answer(context, found, () =>
    found.length === 0
      ? 'No incidents: no key was used twice, and all facts fit.'
      : plainTable(
          ['WHEN', 'HOST', 'INCIDENT', 'WHAT'],
          found.map(({ atMs, hostId, hostName, kind, reason }) => [
            instantText(atMs),
            hostName ?? hostId ?? '-',
            kind,
            reason,
          ]),
        ),
  )
  return ExitCode.ok
}
