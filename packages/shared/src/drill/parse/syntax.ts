import { type Document, type ErrorCode, isCollection, isScalar, visit, type YAMLError } from 'yaml'

/** What is wrong with the YAML, in our own words, and where; `expected` ends "expected …". */
export interface SyntaxMistake {
  /** In UTF-16 code units from the beginning of the text. */
  readonly offset: number
  readonly message: string
  /** Null where the message says it all. */
  readonly expected: string | null
}

/** A file with one mistake, as far as its reader got. */
interface Broken {
  readonly text: string
  readonly document: Document
  readonly error: YAMLError
}

type Said = Omit<SyntaxMistake, 'offset'> & { readonly offset?: number }

const PAIR = 'one `key: value` in a line, with a space after the colon'
const QUOTED = 'quotes around the whole value'

/** A sentence for everything that the reader may complain about: its own words mean nothing to who writes a drill. */
const SAYINGS: Readonly<Record<ErrorCode, (broken: Broken) => Said>> = {
  ALIAS_PROPS: () => said('an alias (`*name`) has a tag or an anchor', 'the alias alone'),
  BAD_ALIAS: () => said('an alias or anchor has no usable name', 'a name after `*` or `&`, or quotes around the value'),
  BAD_COLLECTION_TYPE: () => said('a tag does not fit its value', 'the value without the tag'),
  BAD_DIRECTIVE: () => said('a line that begins with `%` is not understood', 'the file without that line'),
  BAD_DQ_ESCAPE: ({ error }) => said(escapeIn(error), 'single quotes around the value, or `\\\\` for each backslash'),
  BAD_INDENT: (broken) => unclosedBracket(broken) ?? indented(),
  BAD_PROP_ORDER: () => said('a tag or an anchor stands in the wrong place', 'it between the `:` or `-` and the value'),
  BAD_SCALAR_START: ({ text, error }) => said(`a value without quotes begins with ${signAt(text, error)}`, QUOTED),
  BLOCK_AS_IMPLICIT_KEY: nested,
  BLOCK_IN_FLOW: () => said('a comma is missing inside `{ }` or `[ ]`', 'a comma between the entries'),
  DUPLICATE_KEY: () => said('a key stands twice', 'each key once'),
  IMPOSSIBLE: () => said('this is not understood', PAIR),
  KEY_OVER_1024_CHARS: () => said('a key is too long', PAIR),
  MISSING_CHAR: missing,
  MULTILINE_IMPLICIT_KEY: unfinishedPair,
  MULTIPLE_ANCHORS: () => said('a value has two anchors', 'one anchor (`&name`) at most'),
  MULTIPLE_DOCS: () => said('a second document begins here; a file holds one drill', null),
  MULTIPLE_TAGS: () => said('a value has two tags', 'the value without tags'),
  NON_STRING_KEY: () => said('a key is not plain text', PAIR),
  RESOURCE_EXHAUSTION: () => said('the file repeats too much through aliases', 'fewer aliases'),
  TAB_AS_INDENT: () => said('a tab is used for indentation', 'spaces'),
  TAG_RESOLVE_FAILED: () => said('a tag is not known', 'the value without the tag'),
  UNEXPECTED_TOKEN: unexpected,
}

/** One complaint of the reader in our own words. */
export function syntaxMistake(broken: Broken): SyntaxMistake {
  const { code, pos } = broken.error
  const say = Object.hasOwn(SAYINGS, code) ? SAYINGS[code] : SAYINGS.IMPOSSIBLE
  return { offset: pos[0], ...say(broken) }
}

function said(message: string, expected: string | null, offset?: number): Said {
  return { message, expected, ...(offset === undefined ? {} : { offset }) }
}

function indented(): Said {
  return said('the indentation does not fit the lines above', 'the same number of spaces as the entry beside it')
}

function escapeIn({ message }: YAMLError): string {
  return `\`${message.split(' ').at(-1)}\` means nothing inside double quotes`
}

function signAt(text: string, { pos }: YAMLError): string {
  const sign = text[pos[0]] ?? ''
  return sign === '`' ? 'a backtick' : `\`${sign}\``
}

function lineAt(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? ''
}

function restOfLine(text: string, offset: number): string {
  return text.slice(offset).split('\n', 1)[0] ?? ''
}

/** A key where a value is: a second colon in the line, or keys below a line that has a value already. */
function nested({ text, error }: Broken): Said {
  const rest = restOfLine(text, error.pos[0]).trim()
  if (/:(?:\s|$)/.test(rest)) return said('the value contains `: `, which would begin another key', QUOTED)
  if (/^-\s/.test(rest) || rest === '') return indented()
  return said('this key has a value, and more indented lines below', 'a value in the line, or keys below it, not both')
}

function unfinishedPair({ text, error }: Broken): Said {
  const line = lineAt(text, error.pos[0])
  if (/^\s*(?:- )?[\w.-]+:\S/.test(line)) return said('there is no space after the `:`', PAIR)
  if (/:(?:\s|$)/.test(line))
    return said('the entry before this line, or in it, does not end', 'a comma or a line break between entries')
  return said('this line is not complete: it has no `: `', PAIR)
}

function missing(broken: Broken): Said {
  const { text, error } = broken
  const { message } = error
  if (message.startsWith('Missing closing')) {
    const quote = message.at(-6) === "'" ? "'" : message.includes('"') ? '"' : "'"
    return said(
      `the quote ${quote} that begins here is not closed`,
      `${quote} at the end of the value`,
      quoteAt(broken),
    )
  }
  if (message.startsWith('Comments')) return said('there is no space before the `#`', 'a space before a comment')
  if (message.startsWith('Implicit map keys')) {
    return /^-\S/.test(restOfLine(text, error.pos[0]))
      ? said('there is no space after the `-`', '`- value`')
      : unfinishedPair(broken)
  }
  if (message.startsWith('Sequence item')) return said('an entry of the list has no `- `', '`- value`')
  return unclosedBracket(broken) ?? said('something is missing here, probably a comma, a colon or a space', PAIR)
}

function unexpected({ text, error }: Broken): Said {
  const rest = restOfLine(text, error.pos[0])
  const [start = ''] = rest
  if (error.message.includes('same line with key'))
    return said('a list begins in the line of its key', 'the entries on the lines below, or `[a, b]`')
  if (error.message.startsWith('Not a YAML token'))
    return said('there is text after `|` or `>`', 'the text on the lines below')
  if (']}'.includes(start) && start !== '')
    return said(`a \`${start}\` closes nothing`, `\`${start === ']' ? '[' : '{'}\` before it, or ${QUOTED}`)
  if (start === ',') return said('a comma has no value before it', 'a value between two commas')
  if (/^[\w.-]+:(?:\s|$)/.test(rest))
    return said('a key stands beside the entries of a list', 'either a list or keys here')
  return said('there is more text after the end of the value', QUOTED)
}

/** Where the quote begins that ends nowhere: the reader only says that the file is over. */
function quoteAt({ document, error }: Broken): number | undefined {
  return last(document, error, (node) => isScalar(node) && (node.type?.startsWith('QUOTE') ?? false))
}

function unclosedBracket(broken: Broken): Said | null {
  const close = /end with a ([\]}])/.exec(broken.error.message)?.[1]
  if (close === undefined) return null
  const open = close === ']' ? '[' : '{'
  const isOpen = (node: unknown, start: number) =>
    isCollection(node) && node.flow === true && broken.text[start] === open
  const offset = last(broken.document, broken.error, isOpen)
  return said(`the \`${open}\` that begins here is not closed`, `\`${close}\` after the last entry`, offset)
}

/** The start of the last node before the complaint that fits. */
function last(
  document: Document,
  { pos }: YAMLError,
  fits: (node: unknown, start: number) => boolean,
): number | undefined {
  let found: number | undefined
  visit(document, {
    Node: (_key, node) => {
      const start = node.range?.[0]
      if (start !== undefined && start <= pos[0] && fits(node, start)) found = start
    },
  })
  return found
}
