import * as z from 'zod'
import { line } from './primitives.ts'

/** More values of one label than any host has roles. */
export const MOST_LABEL_VALUES = 16

const LabelName = z
  .string()
  .regex(
    /^[a-z][a-z0-9._-]{0,62}$/,
    'must begin with a lower-case letter; lower-case letters, digits, . _ and - only; at most 63',
  )

/** The value of a label: one text, or several, such as the roles of a host that has more than one. */
export const LabelValue = z.union([line(128), z.array(line(128)).min(1).max(MOST_LABEL_VALUES)])
export type LabelValue = z.infer<typeof LabelValue>

/** Labels of a host, such as `role: erp-primary` or `role: [erp-primary, mail]`. */
export const Labels = z.record(LabelName, LabelValue)
export type Labels = z.infer<typeof Labels>

/** The values of a label, also when there is one. */
function labelValues(value: LabelValue | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

/** Every name with every value of it, as people read and type them. */
export function labelPairs(labels: Labels): (readonly [name: string, value: string])[] {
  return Object.entries(labels).flatMap(([name, value]) => labelValues(value).map((one) => [name, one] as const))
}

/** With one more pair: a name that is given again gets a list of values, each of them once. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const before = Object.hasOwn(labels, name) ? labelValues(labels[name]) : []
  const [only, ...more] = [...new Set([...before, value])]
  return { ...labels, [name]: more.length === 0 ? (only ?? value) : [only ?? value, ...more] }
}

/** Does a host with these labels carry all that a drill asks for? One of several values is enough. */
export function carriesLabels(labels: Labels, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => Object.hasOwn(labels, name) && labelValues(labels[name]).includes(value),
  )
}
