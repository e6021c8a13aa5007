import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMistake } from '../../../src/drill/mistake.ts'
import { readYaml } from '../../../src/drill/parse/read-yaml.ts'

const reported = (text: string) => readYaml(text).mistakes.map((each) => formatMistake({ file: 'x', ...each }))

const PAIR = 'expected one `key: value` in a line, with a space after the colon'
const QUOTES = 'expected quotes around the whole value'
const INDENT =
  'the indentation does not fit the lines above (expected the same number of spaces as the entry beside it)'

test.each([
  [
    'a second colon',
    'title: Failover: now\n',
    `x:1:8: the value contains \`: \`, which would begin another key (${QUOTES})`,
  ],
  ['a line without a colon', 'why\ndrill: x\n', `x:1:1: this line is not complete: it has no \`: \` (${PAIR})`],
  ['a last line without one', 'a: b\nwhy\n', `x:2:1: this line is not complete: it has no \`: \` (${PAIR})`],
  ['no space after the colon', 'key:value\nb: c\n', `x:1:1: there is no space after the \`:\` (${PAIR})`],
  ['no space after the dash', 'a:\n- b\n-c\n', 'x:3:1: there is no space after the `-` (expected `- value`)'],
  [
    'an open quote',
    'b: 1\na: "open\nc: d\n',
    'x:2:4: the quote " that begins here is not closed (expected " at the end of the value)',
  ],
  ['an apostrophe inside', "a: 'it's'\n", `x:1:8: there is more text after the end of the value (${QUOTES})`],
  [
    'a path in double quotes',
    'a: "C:\\data"\n',
    'x:1:7: `\\d` means nothing inside double quotes (expected single quotes around the value, or `\\\\` for each backslash)',
  ],
  ['a reserved sign', 'a: @x\n', `x:1:4: a value without quotes begins with \`@\` (${QUOTES})`],
  [
    'an open bracket',
    'a: [1, 2\nb: 3\n',
    'x:1:4: the `[` that begins here is not closed (expected `]` after the last entry)',
  ],
  [
    'a missing comma',
    'a: {x: 1 y: 2}\n',
    'x:1:8: a comma is missing inside `{ }` or `[ ]` (expected a comma between the entries)',
  ],
  ['a tab', 'a:\n\tb: 1\n', 'x:2:1: a tab is used for indentation (expected spaces)'],
  ['a key too far left', 'a:\n  b: 1\n c: 2\n', `x:3:1: ${INDENT}`],
  ['an entry too far left', 'a:\n  - b\n - c\n', `x:3:1: ${INDENT}`],
  [
    'keys below a value',
    'a: b\n  c: d\n',
    'x:1:4: this key has a value, and more indented lines below (expected a value in the line, or keys below it, not both)',
  ],
  [
    'a list beside its key',
    'a: - b\n',
    'x:1:4: a list begins in the line of its key (expected the entries on the lines below, or `[a, b]`)',
  ],
  ['text after a bar', 'a: > text\n', 'x:1:6: there is text after `|` or `>` (expected the text on the lines below)'],
])('%s is reported in our own words, once', (_what, text, expected) => {
  expect(reported(text)).toEqual([expected.replace(/^(x:\d+:\d+: )/, '$1not valid YAML: ')])
})

test('whatever the file holds, the words of the reader are not repeated', () => {
  const parts = fc.constantFrom(...'a b : - [ ] { } , " \' | > # & * ! % @ \n'.split(' '), '\n', ' ', '\t', ': ', '- ')
  const text = fc.array(parts, { maxLength: 25 }).map((all) => all.join(''))
  fc.assert(
    fc.property(text, (source) => {
      expect(reported(source).join()).not.toMatch(
        /implicit|compact|token|scalar|collection|seq|indicator|(?<!a key )must be|sufficiently/i,
      )
    }),
  )
})
