import { describe, expect, test } from 'vitest'
import { changed, goodDrill, mistakesOf } from '../fixtures.ts'

describe('a file that is no drill file gets one plain sentence', () => {
  test.each([
    ['empty', '', 'x.yaml:1:1: the file holds null (expected a map of keys)'],
    ['only a comment', '# nothing\n', 'x.yaml:1:1: the file holds null (expected a map of keys)'],
    ['a list', '- a\n', 'x.yaml:1:1: the file holds a list (expected a map of keys)'],
    ['a text', 'hello\n', 'x.yaml:1:1: the file holds "hello" (expected a map of keys)'],
    [
      'too big',
      `#${'x'.repeat(256 * 1024)}`,
      'x.yaml:1:1: the file is too big (expected UTF-8 text of at most 256 KiB)',
    ],
    [
      'two documents',
      `${goodDrill}---\na: 1\n`,
      'x.yaml:35:1: not valid YAML: a second document begins here; a file holds one drill',
    ],
  ])('%s', (_title, text, mistake) => {
    expect(mistakesOf(text)).toEqual([mistake])
  })

  test('bytes that are no UTF-8', () => {
    expect(mistakesOf(new Uint8Array([0x64, 0xff, 0xfe]))).toEqual([
      'x.yaml:1:1: the file is not UTF-8 text (expected UTF-8 text of at most 256 KiB)',
    ])
  })

  test('too big only once it is written as UTF-8', () => {
    expect(mistakesOf(`#${'é'.repeat(200 * 1024)}`)).toHaveLength(1)
  })
})

test('the same drill is read from text, from bytes, with a byte order mark and with CRLF', () => {
  expect(mistakesOf(new TextEncoder().encode(goodDrill))).toEqual([])
  expect(mistakesOf(`\ufeff${goodDrill}`)).toEqual([])
  expect(mistakesOf(goodDrill.replaceAll('\n', '\r\n'))).toEqual([])
})

test('text that is no YAML is reported with its place', () => {
  const [first] = mistakesOf(changed('title: The', 'title: "The'))
  expect(first).toMatch(/^x\.yaml:\d+:\d+: not valid YAML: /)
  expect(mistakesOf('a: b: c\n'.repeat(500)).length).toBeLessThanOrEqual(20)
})

describe('what YAML can do and a drill may not', () => {
  test('tags', () => {
    expect(mistakesOf(changed('version: 1', 'version: !!int 1'))).toEqual([
      'x.yaml:2:16: the tag `tag:yaml.org,2002:int` is not allowed; write the value without it',
    ])
    expect(mistakesOf(changed('nginx', '!!js/function nginx'))).toHaveLength(1)
  })

  test('keys that are maps', () => {
    expect(mistakesOf(changed('version: 1', 'version: 1\n? { a: 1 }\n: 2'))).toEqual([
      'x.yaml:3:3: a key must be plain text',
    ])
  })

  test('the key __proto__', () => {
    expect(mistakesOf(changed('version: 1', 'version: 1\n__proto__: { a: 1 }'))).toEqual([
      'x.yaml:3:1: the key `__proto__` is not allowed',
    ])
  })

  test('merge keys: they are keys like any other', () => {
    expect(mistakesOf(changed('version: 1', 'version: 1\n<<: { a: 1 }'))[0]).toContain('unknown key `<<`')
  })

  test('aliases without an anchor before them', () => {
    expect(mistakesOf(changed('default: nginx', 'default: *nowhere'))[0]).toContain('`*nowhere`')
  })
})

test('an alias may repeat a part, and mistakes in it are reported where the alias stands', () => {
  const web = 'web: { where: { role: web }, exactly: 1 }'
  const twin = `web: &t { where: { role: web }, exactly: 1 }\n  other: *t`
  expect(mistakesOf(changed(web, twin))).toEqual([])
  const wrong = twin.replace('exactly: 1', 'exactly: 0')
  expect(mistakesOf(changed(web, wrong))).toEqual([
    'x.yaml:9:44: `targets.web.exactly` is 0 (expected at least 1)',
    'x.yaml:10:10: `targets.other.exactly` is 0 (expected at least 1)',
  ])
})

describe('files made to hurt are refused in a sentence', () => {
  const bomb = [
    'a: &a0 [x]',
    ...Array.from({ length: 9 }, (_, n) => `b${n}: &a${n + 1} [${`*a${n},`.repeat(10)}]`),
  ].join('\n')
  test.each([
    ['aliases that multiply', bomb, 'more than 20000 values'],
    ['an alias of itself', 'a: &a [*a]\n', 'more than 20 levels deep'],
    ['lists in lists', `a: ${'['.repeat(60)}${']'.repeat(60)}`, 'more than 20 levels deep'],
    ['thousands of lists in lists', '['.repeat(200_000), ''],
    ['thousands of dashes', '- '.repeat(100_000), ''],
    ['thousands of anchors', '&a '.repeat(80_000), ''],
    ['thousands of keys', Array.from({ length: 21_000 }, (_, n) => `k${n}: 1`).join('\n'), 'more than 20000 values'],
    ['a placeholder without an end', changed('${params.hold}', `\${params.${'a'.repeat(200_000)}`), ''],
    ['thousands of placeholders', changed('Can you work?', '${params.x}'.repeat(20_000)), ''],
  ])('%s', (_title, text, sentence) => {
    const mistakes = mistakesOf(text)
    expect(mistakes.length).toBeGreaterThan(0)
    expect(mistakes.length).toBeLessThanOrEqual(200)
    expect(mistakes.join('\n')).toContain(sentence)
  })
})
