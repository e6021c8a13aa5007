import { ChaosError, type Labels } from '@chaos-lite/shared'
import { HostView } from '@chaos-lite/shared/api'
import { askWhether } from '../ask.ts'
import { findHost, waitingBeside } from '../client/index.ts'
import { ExitCode } from '../exit-codes.ts'
import { labelArguments, labelsText } from '../print/index.ts'
import { answer, type CommandContext } from './context.ts'

/** What becomes of another approved host of the same name. */
export interface Approval {
  /** The host that this one takes the place of, by name or id; it is revoked. */
  readonly replaces: string | null
  readonly keepBoth: boolean
}

/** Lets a host take part in drills; with `replaces`, instead of another one. */
export async function approveHost(context: CommandContext, host: string, given: Approval): Promise<ExitCode> {
  const { replaces, keepBoth } = given
  if (replaces !== null && keepBoth)
    throw new ChaosError('request-invalid', 'Give --replaces or --keep-both, not both.')
  const api = await context.api()
  const { hostId } = await findHost(api, host, ['pending', 'approved'])
  const old = replaces === null ? null : await findHost(api, replaces, ['approved', 'pending'])
  const body = { ...(old === null ? {} : { replaces: old.hostId }), ...(keepBoth ? { besides: true } : {}) }
  const approved = await api.post(`/hosts/${hostId}/approve`, body, HostView)
  answer(context, approved, () => {
    const name = `${approved.name} (${hostId})`
    if (old === null) return `${name} is approved.`
    return `${name} is approved, and ${old.hostId} is revoked.${labelsOfOld(approved, old)}`
  })
  return ExitCode.ok
}

/** Labels decide which drills reach a host: a person takes them over, or not. */
function labelsOfOld({ hostId, labels }: HostView, old: HostView): string {
  const lost = Object.fromEntries(Object.entries(old.labels).filter(([name]) => labels[name] === undefined))
  if (Object.keys(lost).length === 0) return ''
  return `\nThe old one had labels that this one has not: chaos-lite host label ${hostId} ${labelArguments(lost)}`
}

/** Bars a host for ever. It rolls back by itself what it holds. */
export async function revokeHost(context: CommandContext, host: string, yes: boolean): Promise<ExitCode> {
  const api = await context.api()
  const { hostId, name } = await findHost(api, host, ['approved', 'pending'])
  const question = `Revoke ${name} (${hostId}) for ever? To come back, it must be enrolled again.`
  if (!yes && !(await askWhether(question, 'Give --yes to revoke it.'))) {
    context.terminal.err('The host was not revoked.')
    return ExitCode.couldNotRun
  }
  const revoked = await api.post(`/hosts/${hostId}/revoke`, {}, HostView)
  answer(context, revoked, () => `${name} (${hostId}) is revoked. It rolls back by itself what it holds.`)
  return ExitCode.ok
}

/** Sets the labels that are given and removes those that are named; the others stay. What the host proposed is settled. */
export async function labelHost(
  context: CommandContext,
  host: string,
  set: Labels,
  remove: readonly string[],
): Promise<ExitCode> {
  if (Object.keys(set).length === 0 && remove.length === 0)
    throw new ChaosError('request-invalid', 'Give a label such as role=web, or one to remove with --remove role.')
  const api = await context.api()
  const found = await findHost(api, host, ['approved', 'pending'])
  const { hostId, name, labels } = found
  // An id says already which one is meant.
  const waiting = host === hostId ? [] : await waitingBeside(api, found)
  const absent = remove.find((one) => labels[one] === undefined)
  if (absent !== undefined) throw new ChaosError('request-invalid', `The host ${name} has no label "${absent}".`)
  const kept = Object.fromEntries(Object.entries(labels).filter(([one]) => !remove.includes(one)))
  const labelled = await api.put(`/hosts/${hostId}/labels`, { ...kept, ...set }, HostView)
  answer(context, labelled, () => {
    const now = labelsText(labelled.labels)
    const which = `${name} (${hostId})`
    const others = waiting.map(
      (one) => `\nAnother host of that name waits for approval, and was not labelled: ${one.hostId}`,
    )
    return `${now === '' ? `${which} has no labels.` : `${which} has the labels ${now}.`}${others.join('')}`
  })
  return ExitCode.ok
}
