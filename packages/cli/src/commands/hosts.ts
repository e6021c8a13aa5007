import { HostView, IncidentView, TokenView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { ExitCode } from '../exit-codes.ts'
import { plainTable } from '../print/table.ts'
import { answer, type CommandContext } from './context.ts'

/** Lists the hosts: what they are, whether they are there, and what they may do. */
export async function hosts(context: CommandContext): Promise<ExitCode> {
  const found = await (await context.api()).get('/hosts', z.array(HostView))
  answer(context, found, () =>
    found.length === 0
      ? 'No hosts yet. Make a token with: chaos-lite token create'
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
  const api = await context.api()
  const [found, known] = await Promise.all([
    api.get('/incidents', z.array(IncidentView)),
    api.get('/hosts', z.array(HostView)),
  ])
  const nameOf = (hostId: string | null) => known.find((host) => host.hostId === hostId)?.name ?? hostId ?? '-'
  answer(context, found, () =>
    found.length === 0
      ? 'No incidents: no key was used twice, and all facts fit.'
      : plainTable(
          ['WHEN', 'HOST', 'INCIDENT', 'WHAT'],
          found.map(({ atMs, hostId, kind, reason }) => [
            new Date(atMs).toLocaleString(),
            nameOf(hostId),
            kind,
            reason,
          ]),
        ),
  )
  return ExitCode.ok
}

/** Makes a one-time enrolment token and prints what to type on the host. */
export async function createToken(
  context: CommandContext,
  given: { readonly label: Readonly<Record<string, string>>; readonly validForMs: number; readonly approve: boolean },
): Promise<ExitCode> {
  const { label: labels, validForMs, approve } = given
  const made = await (await context.api()).post('/tokens', { labels, validForMs, approve }, TokenView)
  answer(context, made, () =>
    [
      `Token (shown once, good for one host until ${new Date(made.expiresMs).toLocaleString()}):`,
      `  ${made.token}`,
      'On the host:',
      `  ${made.command}`,
    ].join('\n'),
  )
  return ExitCode.ok
}
