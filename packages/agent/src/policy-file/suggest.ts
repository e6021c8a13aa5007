import { parse } from 'yaml'
import type { Lacking } from '../policy/index.ts'
import { PolicyFile } from './schema.ts'

/** What a policy lacks, key by key, as an administrator would write it into the file. */
export function suggestedLines(lacking: Lacking): string[] {
  return Object.entries(lacking).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${key}: ${value}`] : [`${key}:`, ...value.map((one) => `  - ${written(one)}`)],
  )
}

/**
 * Could this stand in that list, and be read by the person who pastes the command? What a controller sends may hold
 * characters that a terminal does not show.
 */
export function canStandIn(key: string, entry: string): boolean {
  const field = Object.entries(PolicyFile.shape).find(([name]) => name === key)?.[1]
  if (field === undefined || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(entry)) return false
  return field.safeParse([entry]).success
}

/** A text as YAML: plain where that reads back as the same text, else quoted, with nothing invisible in it. */
export function written(text: string): string {
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
