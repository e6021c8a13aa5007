/** Where something stands in a file; both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** One mistake (or warning) in a drill file, for a person to correct. */
export interface Mistake extends Position {
  readonly file: string
  /** Where in the drill, such as `method[0].with.service`; empty for the whole file. */
  readonly path: string
  readonly message: string
  /** What was expected there, as the end of "expected …"; null where the message says it all. */
  readonly expected: string | null
  /** The nearest valid name; null where none is near. */
  readonly nearest: string | null
}

/** Why the values given for a drill's parameters cannot be used. */
export interface ParamMistake {
  /** The parameter; null when it is the drill that cannot end well with these values. */
  readonly param: string | null
  readonly message: string
  /** As the end of "expected …"; null where the message says it all. */
  readonly expected: string | null
  /** The nearest valid value; null where none is near. */
  readonly nearest: string | null
}

/** `file:line:column: message (expected …; did you mean …?)` */
export function formatMistake(mistake: Mistake): string {
  return `${mistake.file}:${mistake.line}:${mistake.column}: ${mistake.message}${hintOf(mistake)}`
}

/** ``parameter `x`: message (expected …; did you mean …?)`` */
export function formatParamMistake(mistake: ParamMistake): string {
  const where = mistake.param === null ? 'with these values' : `parameter \`${mistake.param}\``
  return `${where}: ${mistake.message}${hintOf(mistake)}`
}

function hintOf({ expected, nearest }: Pick<Mistake, 'expected' | 'nearest'>): string {
  const hints = [
    expected === null ? null : `expected ${expected}`,
    nearest === null ? null : `did you mean \`${nearest}\`?`,
  ].filter((hint) => hint !== null)
  return hints.length === 0 ? '' : ` (${hints.join('; ')})`
}
