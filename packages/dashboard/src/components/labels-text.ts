import { issueText, Labels } from '@chaos-lite/shared'

export type ReadLabels =
  | { readonly ok: true; readonly labels: Labels }
  | { readonly ok: false; readonly message: string }

/** Reads labels as people type them: `role: erp-primary, site: north` or `role=erp-primary`, by comma or line. */
export function readLabels(text: string): ReadLabels {
  const labels: Labels = {}
  for (const part of text.split(/[,\n]/)) {
    if (part.trim() === '') continue
    const [, name = '', value = ''] = /^([^:=]+)[:=](.*)$/.exec(part) ?? []
    const message = mistakeOf(part, name.trim(), value.trim()) ?? twice(labels, name.trim())
    if (message !== null) return { ok: false, message }
    labels[name.trim()] = value.trim()
  }
  return { ok: true, labels }
}

function mistakeOf(part: string, name: string, value: string): string | null {
  if (name === '' || value === '')
    return `“${part.trim()}” is no label. Expected a name and a value, such as role: erp-primary.`
  const [issue] = Labels.safeParse({ [name]: value }).error?.issues ?? []
  if (issue === undefined) return null
  return `“${name}” ${issueText(issue).message}.`
}

function twice(labels: Labels, name: string): string | null {
  return Object.hasOwn(labels, name) ? `“${name}” is there twice. A host has one value for each name.` : null
}

/** Labels as a person would type them. */
export function writeLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
}
