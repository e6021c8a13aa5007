import type { HostView } from '@chaos-lite/shared/api'

type Labels = HostView['labels']

/** Labels as people read them: `role=web site=main`. */
export function labelsText(labels: Labels): string {
  return pairs(labels).join(' ')
}

/** Labels as arguments of a command, quoted where a shell would take them apart. */
export function labelArguments(labels: Labels): string {
  return pairs(labels)
    .map((pair) => (/^[\w.,:/=-]+$/.test(pair) ? pair : `'${pair.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}

function pairs(labels: Labels): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`)
}
