import { parse } from 'yaml'

/** Lines a policy lacks: entries to add to its lists, and a ceiling to raise. */
export type Lacking = Readonly<Record<string, readonly string[] | string>>

/**
 * What would have to stand in `policy.yaml`, as YAML on one line: `services: [nginx.service]`, or, for several keys,
 * `{ actions: [service.stop], services: [nginx.service] }`. Never longer than `maxChars`: then fewer keys are shown.
 */
export function suggestion(lacking: Lacking, maxChars = 512): string {
  const parts = Object.entries(lacking).map(
    ([key, value]) => `${key}: ${typeof value === 'string' ? value : `[${value.map(written).join(', ')}]`}`,
  )
  const whole = parts.length === 1 ? (parts[0] ?? '') : `{ ${parts.join(', ')} }`
  if (whole.length <= maxChars) return whole
  return parts.find((part) => part.length <= maxChars) ?? 'The line that would allow it is too long to be shown'
}

/** The same, key by key, as an administrator would write it into the file. */
export function suggestedLines(lacking: Lacking): string[] {
  return Object.entries(lacking).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${key}: ${value}`] : [`${key}:`, ...value.map((one) => `  - ${written(one)}`)],
  )
}

/** A text as YAML: plain where that reads back as the same text, else quoted, with nothing invisible in it. */
function written(text: string): string {
  if (/^[\w./@:\\-][\w./@:\\ -]*$/.test(text) && isSame(text)) return text
  const quoted = JSON.stringify(text)
  return quoted.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (one) => {
    const code = one.codePointAt(0) ?? 0
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

function isSame(text: string): boolean {
  try {
    const back: unknown = parse(`[${text}]`)
    return Array.isArray(back) && back.length === 1 && back[0] === text
  } catch {
    return false
  }
}
