import type * as z from 'zod'
import { pathText } from './path.ts'

type Issue = z.core.$ZodIssue

/** What is wrong at a place. `where` is empty for the whole value. */
export interface IssueText {
  readonly where: string
  /** To be read after the name of the place: `must have at least 12 characters`. */
  readonly message: string
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  nan: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

const OTHER_FORM = 'must have another form'
/** More of what somebody sent is not repeated. */
const MOST_NAMES = 8
const MOST_MISTAKES = 5
const MOST_CHARS = 400

/**
 * The only place that turns what a schema finds into words: the texts of the schema library ("Too small: expected
 * string to have >=12 characters") are for programmers. A message of our own schemas begins with `must` and is kept.
 */
export function issueText(issue: Issue): IssueText {
  if (issue.code === 'invalid_union' && !isOwnMessage(issue)) return unionText(issue)
  return { where: placeText(issue.path), message: messageOf(issue) }
}

/** All that a schema finds, as one sentence without a full stop: `port must be at least 1; host is missing`. */
export function issuesText({ issues }: { readonly issues: readonly Issue[] }, whole = 'the value'): string {
  const texts = issues.slice(0, MOST_MISTAKES).map(issueText)
  const more = issues.length > MOST_MISTAKES ? `; and ${issues.length - MOST_MISTAKES} more` : ''
  const text = texts.map(({ where, message }) => `${where || whole} ${message}`).join('; ')
  return `${text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text}${more}`
}

/** Was it thrown by a schema? Its own message is a list in JSON. */
export function isSchemaError(thrown: unknown): thrown is z.ZodError {
  return thrown instanceof Error && thrown.name.endsWith('ZodError') && 'issues' in thrown
}

/** Is it a message of our own schemas, not of the library? */
export function isOwnMessage({ code, message }: Pick<Issue, 'code' | 'message'>): boolean {
  return message.startsWith('must ') || (code === 'custom' && message !== 'Invalid input')
}

function messageOf(issue: Issue): string {
  if (isOwnMessage(issue)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? 'is missing' : `must be ${kindOf(issue)}`
    case 'too_small':
      return `must ${bound(issue, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`
    case 'too_big':
      return `must ${bound(issue, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`
    case 'unrecognized_keys':
      return `has fields that are not known here: ${keysText(issue.keys)}`
    case 'invalid_key':
      return `is not a name that is allowed here${nameRule(issue.issues)}`
    case 'invalid_format':
      return issue.format === 'url' ? 'must be an address such as https://chaos.example.test' : OTHER_FORM
    default:
      return OTHER_FORM
  }
}

/** Of several forms, the one that was meant: the first that at least has the right kind; otherwise all the kinds. */
function unionText(issue: Extract<Issue, { code: 'invalid_union' }>): IssueText {
  const meant = issue.errors.find((errors) => !errors.some(isOtherKind))?.[0]
  if (meant !== undefined) return issueText({ ...meant, path: [...issue.path, ...meant.path] })
  const kinds = issue.errors.flatMap(([first]) => (first === undefined ? [] : [messageOf(first)]))
  const where = placeText(issue.path)
  if (kinds.length === 0) return { where, message: OTHER_FORM }
  if (kinds.includes('is missing')) return { where, message: 'is missing' }
  const names = kinds.filter((text) => text.startsWith('must be ')).map((text) => text.slice('must be '.length))
  return { where, message: names.length < kinds.length ? OTHER_FORM : `must be ${[...new Set(names)].join(' or ')}` }
}

function isOtherKind({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value' || code === 'invalid_union')
}

function kindOf(issue: Extract<Issue, { code: 'invalid_type' }>): string {
  return KINDS[issue.expected] ?? 'of another kind'
}

function bound({ origin }: { readonly origin: string }, limit: string, value: unknown): string {
  if (origin === 'string') return `have ${limit} ${String(value)} characters`
  if (['array', 'object', 'record', 'map', 'set'].includes(origin)) return `have ${limit} ${String(value)} entries`
  return `be ${limit} ${String(value)}`
}

function nameRule(issues: readonly Issue[]): string {
  const [first] = issues
  return first === undefined ? '' : `: it ${messageOf(first)}`
}

function keysText(keys: readonly string[]): string {
  const more = keys.length > MOST_NAMES ? ` and ${keys.length - MOST_NAMES} more` : ''
  return `${keys.slice(0, MOST_NAMES).map(printable).join(', ')}${more}`
}

function placeText(path: readonly PropertyKey[]): string {
  return pathText(path.map((part) => (typeof part === 'number' ? part : printable(String(part)))))
}

/** Names may come from strangers: none may be endless, or hold what moves the cursor of a terminal. */
function printable(name: string): string {
  return name.slice(0, 64).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')
}
