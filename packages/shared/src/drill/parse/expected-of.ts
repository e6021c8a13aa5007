import * as z from 'zod'
import { isOwnMessage, issueText } from '../../issue-text.ts'

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
  null: 'null',
}

/** What a schema's first complaint about a value says was expected, as the end of "expected …". */
export function expectedFrom(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'another value'
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected
    case 'invalid_value':
      return oneOf(issue.values.map(String))
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`
    default:
      return wanted(issueText(issue).message, issue.code === 'invalid_format' ? 'text' : 'a value')
  }
}

/** `must be a size such as 2GiB` as the end of "expected …". */
function wanted(message: string, what: string): string {
  if (message.startsWith('must be ')) return message.slice('must be '.length)
  return message.startsWith('must ') ? `${what} that ${message}` : `${what} of another form`
}

/** What a schema accepts, in words, for a value that is missing. */
export function expectedBy(schema: z.core.$ZodType): string {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodUnion) {
    return [...new Set(inner.options.map((option) => expectedBy(option)))].join(', or ')
  }
  if (inner instanceof z.ZodEnum || inner instanceof z.ZodLiteral) {
    return expectedFrom(z.safeParse(inner, Symbol.for('none')).error?.issues[0])
  }
  if (inner instanceof z.ZodNumber && inner.isInt) return 'a whole number'
  const example = inner instanceof z.ZodString ? z.safeParse(inner, '\u0000').error?.issues[0] : undefined
  if (example?.code === 'invalid_format' && isOwnMessage(example)) return expectedFrom(example)
  return expectedFrom(z.safeParse(inner, Symbol.for('none')).error?.issues[0])
}

/** `one of a, b or c`. */
export function oneOf(names: readonly string[], begin = 'one of'): string {
  if (names.length < 2) return names[0] ?? 'nothing'
  return `${begin} ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

/** The schema inside optional, default and the like. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema
  while ('innerType' in inner._zod.def) inner = inner._zod.def.innerType as z.core.$ZodType
  return inner
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' || origin === 'map' || origin === 'set' ? ' entries' : ''
}
