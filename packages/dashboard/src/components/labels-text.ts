import { issueText, Labels, labelPairs, MOST_LABEL_VALUES, withLabel } from '@chaos-lite/shared'

/** Labels as they were typed, or a sentence that says what to correct. */
export type ReadLabels =
  | { readonly ok: true; readonly labels: Labels }
  | { readonly ok: false; readonly message: string }

/**
 * Reads labels as people type them: `role: erp-primary, site: north` or `role=erp-primary`, by comma or line.
 * A name that is given again has several values: `role: web, role: mail`.
 */
export function readLabels(text: string): ReadLabels {
  let labels: Labels = {}
  for (const part of text.split(/[,\n]/)) {
    if (part.trim() === '') continue
    const [, name = '', value = ''] = /^([^:=]+)[:=](.*)$/.exec(part) ?? []
    const message = mistakeOf(part, name.trim(), value.trim())
    if (message !== null) return { ok: false, message }
    labels = withLabel(labels, name.trim(), value.trim())
  }
  const all = Labels.safeParse(labels)
  return all.success ? { ok: true, labels } : { ok: false, message: `A label has at most ${MOST_LABEL_VALUES} values.` }
}

function mistakeOf(part: string, name: string, value: string): string | null {
  if (name === '' || value === '')
    return `“${part.trim()}” is no label. Expected a name and a value, such as role: erp-primary.`
  const [issue] = Labels.safeParse({ [name]: value }).error?.issues ?? []
  if (issue === undefined) return null
  return `“${name}” ${issueText(issue).message}.`
}

/** Labels as a person would type them. */
export function writeLabels(labels: Labels): string {
  return labelPairs(labels)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
}
