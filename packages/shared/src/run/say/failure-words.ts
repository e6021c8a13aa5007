import type { HostId, Params } from '../../primitives.ts'
import type { PlannedStep } from '../plan.ts'

function text(value: Params[string] | undefined, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback
}

function firstName(value: Params[string] | undefined): string {
  const first = Array.isArray(value) ? value[0] : undefined
  const named = typeof first === 'object' && first !== null && !Array.isArray(first) ? first.name : undefined
  return text(named, 'a name')
}

/** What a failure did, in the past tense, from its action and parameters: `nginx stopped`. */
const WORDS: Readonly<Record<string, (params: Params) => string>> = {
  'service.stop': (params) => `${text(params.service, 'a service')} stopped`,
  'hosts.override': (params) => `${firstName(params.entries)} redirected`,
  'permission.revoke': (params) => `access to ${text(params.path, 'a folder')} taken away`,
  'membership.revoke': (params) =>
    `${text(params.account, 'an account')} taken out of ${text(params.group, 'a group')}`,
  'account.disable': (params) => `${text(params.account, 'an account')} locked`,
  'host.restart': () => 'the host restarted',
  'data.quarantine': (params) => `${text(params.path, 'data')} moved aside`,
}

/**
 * What a failure did, for a person; on one host where its parameters differ from host to host. An action unknown here is
 * named as the catalogue names it.
 */
export function failureWords(step: Extract<PlannedStep, { kind: 'inject' }>, hostId: HostId | null = null): string {
  const own = hostId === null ? undefined : step.hostParams?.[hostId]
  const words = Object.hasOwn(WORDS, step.action) ? WORDS[step.action] : undefined
  return words?.(own ?? step.params) ?? `${step.action} started`
}
