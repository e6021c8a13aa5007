import { formatDuration, instantText } from '@chaos-lite/shared'
import { type HardwareFact, HardwareView, type HostView, hardwareFacts, NOT_KNOWN } from '@chaos-lite/shared/api'
import { findHost } from '../client/index.ts'
import { ExitCode } from '../exit-codes.ts'
import { labelsText } from '../print/index.ts'
import { answer, type CommandContext } from './context.ts'

/** Shows one host: its state, its system, and what it is made of. */
export async function showHost(context: CommandContext, given: string): Promise<ExitCode> {
  const api = await context.api()
  const host = await findHost(api, given, ['approved', 'pending', 'revoked'])
  const made = await api.get(`/hosts/${host.hostId}/hardware`, HardwareView)
  answer(context, { ...host, ...made }, () => page([...stateOf(host), ...systemOf(host), ...hardwareOf(made)]))
  return ExitCode.ok
}

type Line = readonly [name: string, value: string | null]

function stateOf({ name, hostId, state, online, lastSeenMs, labels, clockBoundMs, enrolledMs }: HostView): Line[] {
  return [
    ['Name', name],
    ['Id', hostId],
    ['State', state],
    ['Link', online ? 'online' : 'offline'],
    ['Last seen', lastSeenMs === null ? 'never' : instantText(lastSeenMs)],
    ['Enrolled', instantText(enrolledMs)],
    ['Labels', labelsText(labels) || 'none'],
    ['Clock', clockBoundMs === null ? 'not measured' : `within ± ${formatDuration(clockBoundMs)} of the controller`],
  ]
}

function systemOf({ inventory }: HostView): Line[] {
  return [
    ['Agent', inventory?.agentVersion ?? null],
    ['System', inventory?.os ?? null],
    ['Kernel', inventory === null ? null : `${inventory.kernel}, ${inventory.arch}`],
    ['Addresses', inventory === null ? null : inventory.addresses.join(', ') || 'none'],
  ]
}

function hardwareOf({ hardware, reportedMs }: HardwareView): Line[] {
  const at: Line[] = reportedMs === null ? [] : [['Hardware as of', instantText(reportedMs)]]
  return [...at, ...hardwareFacts(hardware).flatMap(linesOf)]
}

/** The name stands before the first value only. */
function linesOf({ name, values }: HardwareFact): Line[] {
  if (values === null || values.length === 0) return [[name, values === null ? null : 'none']]
  return values.map((value, index) => [index === 0 ? name : '', value])
}

function page(lines: readonly Line[]): string {
  const width = Math.max(...lines.map(([name]) => name.length))
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value ?? NOT_KNOWN}`).join('\n')
}
