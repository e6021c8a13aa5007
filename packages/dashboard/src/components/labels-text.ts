import { Labels } from '@chaos-lite/shared'

export type ReadLabels =
  | { readonly ok: true; readonly labels: Labels }
  | { readonly ok: false; readonly message: string }

/** Reads labels as people type them: `role: erp-primary, site: north` or `role=erp-primary`, by comma or line. */
export function readLabels(text: string): ReadLabels {
  const labels: Labels = {}
  for (const part of text.split(/[,\n]/)) {
    if (part.trim() === '') continue
    const [, name = '', value = ''] = /^([^:=]+)[:=](.*)$/.exec(part) ?? []
    const one = Labels.safeParse({ [name.trim()]: value.trim() })
    if (!one.success || value.trim() === '') {
      const message = `“${part.trim()}” is no label. Expected a name and a value, such as role: erp-primary.`
      return { ok: false, message }
    }
    Object.assign(labels, one.data)
  }
  return { ok: true, labels }
}

/** Labels as a person would type them. */
export function writeLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
}
