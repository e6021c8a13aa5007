/** What a schema found, as the validator reports it. */
export interface Issue {
  readonly keyword: string
  readonly instancePath: string
  readonly message?: string | undefined
  readonly params?: Readonly<Record<string, unknown>> | undefined
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

/** How names of objects must be written, by the expression that says so to programs. */
const NAMES: readonly (readonly [expression: string, words: string])[] = [
  [
    '[a-z][a-z0-9._-]{0,62}',
    'it must begin with a lower-case letter; lower-case letters, digits, . _ and - only; at most 63',
  ],
]

/** Where it is, as people read it: `labels.role`; the whole thing has no name. */
export function placeOf({ instancePath }: Pick<Issue, 'instancePath'>, whole: string): string {
  const names = instancePath.split('/').filter((name) => name !== '')
  return names.length === 0 ? `the ${whole}` : names.join('.')
}

/** What is wrong, to be read after the name of the place: `must have at least 12 characters`. */
export function issueText({ keyword, message = '', params = {} }: Issue): string {
  // Our own schemas speak for themselves.
  if (message.startsWith('must ')) return message
  switch (keyword) {
    case 'invalid_type':
      return message.endsWith('received undefined')
        ? 'is missing'
        : `must be ${KINDS[String(params.expected)] ?? 'of another kind'}`
    case 'too_small':
      return `must ${bound('at least', params.origin, params.minimum)}`
    case 'too_big':
      return `must ${bound('at most', params.origin, params.maximum)}`
    case 'invalid_value':
      return `must be one of ${listOf(params.values)}`
    case 'unrecognized_keys':
      return `has fields that are not known here: ${listOf(params.keys)}`
    case 'invalid_key':
      return `is not a name that is allowed here${nameRule(params.issues)}`
    case 'invalid_format':
      return params.format === 'url'
        ? 'must be an address such as https://chaos.example.test'
        : 'is not written as it must be'
    default:
      return 'is not of the form that is needed here'
  }
}

function bound(least: string, origin: unknown, value: unknown): string {
  if (origin === 'string') return `have ${least} ${String(value)} characters`
  if (origin === 'array' || origin === 'object' || origin === 'record') return `have ${least} ${String(value)} entries`
  return `be ${least} ${String(value)}`
}

function listOf(values: unknown): string {
  return Array.isArray(values) ? values.map(String).join(', ') : 'what is offered'
}

function nameRule(issues: unknown): string {
  const text = JSON.stringify(issues ?? null)
  const [, words] = NAMES.find(([expression]) => text.includes(expression)) ?? []
  return words === undefined ? '' : `: ${words}`
}
