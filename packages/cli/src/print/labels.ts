import { type Labels, labelPairs } from '@chaos-lite/shared'

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
  return labelPairs(labels).map(([name, value]) => `${name}=${value}`)
}
