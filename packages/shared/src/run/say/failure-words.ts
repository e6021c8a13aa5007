import { traitsOf } from '../../catalogue/index.ts'
import type { HostId, Params } from '../../primitives.ts'
import type { PlannedStep } from '../plan.ts'

/** The value at a dotted path such as `entries.0.name`; undefined where there is none. */
function valueAt(params: Params, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    const isOwn = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    return isOwn ? (value as Readonly<Record<string, unknown>>)[key] : undefined
  }, params)
}

/** `{service|a service} stopped`: the parameter where it is a text, else the words behind the bar. */
function filled(template: string, params: Params): string {
  return template.replaceAll(/\{([\w.]{1,64})\|([^{}|]{0,64})\}/g, (_, path: string, without: string) => {
    const value = valueAt(params, path)
    return typeof value === 'string' && value !== '' ? value : without
  })
}

/**
 * What a failure did, for a person, in the past tense, as its action says it: `nginx stopped`; on one host where its
 * parameters differ from host to host. An action that says nothing, or is unknown here, is called by its name.
 */
export function failureWords(step: Extract<PlannedStep, { kind: 'inject' }>, hostId: HostId | null = null): string {
  const own = hostId === null ? undefined : step.hostParams?.[hostId]
  const { says } = traitsOf(step.action)
  return says === undefined ? `${step.action} started` : filled(says, own ?? step.params)
}
