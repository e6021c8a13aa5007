import { instantText } from '@chaos-lite/shared'
import { HostView, IncidentView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { allOf, companyIdOf } from '../client/index.ts'
import { ExitCode } from '../exit-codes.ts'
import { labelArguments, labelsText, plainTable } from '../print/index.ts'
import { answer, type CommandContext } from './context.ts'

/** Which hosts are listed. */
export interface HostFilter {
  /** Words that must all be found. */
  readonly text: string
  /** Null: any. */
  readonly state: string | null
  /** `online` or `offline`; null: both. */
  readonly link: string | null
  /** A company's name or id. */
  readonly company?: string | null
}

/** Lists the hosts: what they are, whether they are there, and what they may do. */
export async function hosts(
  context: CommandContext,
  given: HostFilter = { text: '', state: null, link: null },
): Promise<ExitCode> {
  const query = new URLSearchParams(given.text === '' ? {} : { text: given.text })
  if (given.state !== null) query.set('state', given.state)
  if (given.link !== null) query.set('link', given.link)
  const api = await context.api()
  if (given.company) query.set('company', await companyIdOf(api, given.company))
  const asked = query.toString()
  const found = await allOf(api, asked === '' ? '/hosts' : `/hosts?${asked}`, HostView)
  answer(context, found, () =>
    found.length === 0
      ? asked === ''
        ? 'No hosts yet. Make a token with: chaos-lite token create'
        : 'No host matches.'
      : plainTable(
          HEAD,
          found.map((host) => row(host, found)),
        ),
  )
  return ExitCode.ok
}

const HEAD = ['HOST', 'ID', 'LINK', 'LAST SEEN', 'STATE', 'VERSION', 'LABELS', 'OFFERS', 'NOTE']

function row(host: HostView, all: readonly HostView[]): string[] {
  const actions = host.offers.filter((offer) => offer.kind === 'action' && offer.offered).map(({ name }) => name)
  return [
    host.name,
    host.hostId,
    host.online ? 'online' : 'offline',
    host.lastSeenMs === null ? '-' : instantText(host.lastSeenMs),
    host.state,
    host.inventory?.agentVersion ?? '-',
    labelsText(host.labels),
    actions.join(' ') || '-',
    noteOf(host, all),
  ]
}

function noteOf(host: HostView, all: readonly HostView[]): string {
  if (host.inventory?.journal.readable === false) return 'its journal cannot be read'
  if ((host.inventory?.journal.stuck ?? 0) > 0) return 'STUCK: a person must act, see UNDO.txt on the host'
  if (host.unconfirmedRunId !== null) return `NOT CONFIRMED: run ${host.unconfirmedRunId} ended without its word`
  if (host.busyRunId !== null) return `held by run ${host.busyRunId}`
  if (host.state === 'pending') return waitingText(host, all)
  const proposed = labelArguments(host.proposedLabels)
  if (proposed === '') return ''
  return `proposes ${labelsText(host.proposedLabels)}; confirm: chaos-lite host label ${typed(host, all)} ${proposed}`
}

/** What to type for a host that waits for approval, also where it is another one installed again. */
function waitingText(host: HostView, all: readonly HostView[]): string {
  const old = all.find(({ name, state }) => name === host.name && state === 'approved')
  if (old === undefined) return `waits for approval: chaos-lite host approve ${typed(host, all)}`
  return `has the name of an approved host; replaces it: chaos-lite host approve ${host.hostId} --replaces ${old.hostId}`
}

/** A name is easier to type; where several have it, the id. */
function typed({ name, hostId }: HostView, all: readonly HostView[]): string {
  const others = all.filter((one) => one.name === name && one.state !== 'revoked').length > 1
  return others || !/^[\w.-]+$/.test(name) ? hostId : name
}

/** Lists what should not have happened with hosts' identities and facts, newest first. */
export async function incidents(context: CommandContext): Promise<ExitCode> {
  const found = await (await context.api()).get('/incidents', z.array(IncidentView))
  answer(context, found, () =>
    found.length === 0
      ? 'No integrity alerts: no key was used twice, and the facts that are stored fit together. A run that an older copy of the store lacks cannot be seen here.'
      : plainTable(
          ['WHEN', 'HOST', 'INTEGRITY ALERT', 'WHAT'],
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
