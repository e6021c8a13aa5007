/** One mistake of a drill file, taken apart so that its line can be shown. */
export interface MistakeLine {
  readonly line: number | null
  readonly column: number | null
  readonly message: string
}

/** Reads `file:line:column: message`, as the controller writes mistakes. */
export function mistakeLine(text: string): MistakeLine {
  const [, line, column, message] = /^[^:]*:(\d+):(\d+): (.*)$/s.exec(text) ?? []
  if (line === undefined || column === undefined) return { line: null, column: null, message: text }
  return { line: Number(line), column: Number(column), message: message ?? '' }
}
