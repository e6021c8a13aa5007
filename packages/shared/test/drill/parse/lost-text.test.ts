import { expect, test } from 'vitest'
import { formatMistake } from '../../../src/drill/mistake.ts'
import { readYaml } from '../../../src/drill/parse/read-yaml.ts'
import { changed, warningsOf } from '../fixtures.ts'

const warned = (text: string) => readYaml(text).warnings.map((each) => formatMistake({ file: 'x', ...each }))

test.each([
  ['behind a word', 'text: call #5 now\n', 'x:1:12: `#5 now`'],
  ['of a password', 'a: 1\npassword: a #b\n', 'x:2:13: `#b`'],
  ['of the whole value', 'channel: #ops\n', 'x:1:10: `#ops`'],
  ['of an entry', '- #ops\n', 'x:1:3: `#ops`'],
  ['inside brackets', 'a: [x #b\n]\n', 'x:1:7: `#b`'],
  ['behind a text of several words', 'a: Room 7 # left\n', 'x:1:11: `# left`'],
  ['with line ends of Windows', 'a: call #5\r\nb: c\r\n', 'x:1:9: `#5`'],
])('text behind a # is reported: %s', (_what, text, start) => {
  const end = ' is a comment, not part of the value'
  const hint = ' (expected quotes around the value if it belongs to it, or the comment on a line of its own)'
  expect(warned(text)).toEqual([start + end + hint])
})

test.each([
  ['after one word', 'every: 1s # each second\n'],
  ['after a key', 'watch: # what else\n  a: b\n'],
  ['after quotes', 'a: "call #5" #why\n'],
  ['on its own line', '#!x\n#y\na: b\n'],
  ['inside a text block', 'a: |\n  call #5\n'],
  ['without a space before it', 'cron: 0 3 * * 1#2\n'],
])('an ordinary comment is not: %s', (_what, text) => {
  expect(warned(text)).toEqual([])
})

test('a drill reports it as a warning', () => {
  const found = warningsOf(changed('title: The web server is down', 'title: The web server #5 is down'))
  expect(found).toEqual([expect.stringMatching(/^x\.yaml:3:23: `#5 is down` is a comment/)])
})
