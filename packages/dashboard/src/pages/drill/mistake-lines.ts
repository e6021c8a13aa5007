import { builtInMenu, formatMistake, parseDrill } from '@chaos-lite/shared'
import type { DrillView } from '@chaos-lite/shared/api'

/** One mistake of a drill file, taken apart so that its line can be shown. */
export interface MistakeLine {
  /** Null for a text that names no place. */
  readonly line: number | null
  /** Null for a text that names no place. */
  readonly column: number | null
  readonly message: string
}

/** Reads `file:line:column: message`, as the controller writes mistakes. */
export function mistakeLine(text: string): MistakeLine {
  const [, line, column, message] = /^[^:]*:(\d+):(\d+): (.*)$/s.exec(text) ?? []
  if (line === undefined || column === undefined) return { line: null, column: null, message: text }
  return { line: Number(line), column: Number(column), message: message ?? '' }
}

/** What `drill validate` would warn of: the drill can run, but perhaps not as its author thinks. */
export function warningsOf({ name, source }: Pick<DrillView, 'name' | 'source'>): string[] {
  return parseDrill(source, { file: `${name}.yaml`, menu: builtInMenu }).warnings.map(formatMistake)
}
