import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { detachedDocstrings, exportsOf, repeatsName, unexplainedNulls } from './support/docstrings.ts'
import { parseSources } from './support/parse-sources.ts'

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
const texts = new Map(
  tracked
    .split('\n')
    .filter((file) => /^packages\/[a-z]+\/src\/.*\.tsx?$/.test(file) && !file.includes('.generated.'))
    .map((file) => [file, readFileSync(file, 'utf8')]),
)
const sources = parseSources(texts)
const exported = [...sources].flatMap(([file, source]) =>
  exportsOf(source).map((one) => ({ ...one, place: `${file}:${one.line} ${one.name}` })),
)

/** The exports of one text. */
function exportsIn(text: string) {
  return [...parseSources(new Map([['one.ts', text]])).values()].flatMap(exportsOf)
}

/** The names of members of one text that may be null, and nobody says what that means. */
function nullsIn(text: string) {
  return [...parseSources(new Map([['one.ts', text]])).values()].flatMap(unexplainedNulls).map(({ name }) => name)
}

describe('docstrings', () => {
  it('every export of a package has one', () => {
    expect(exported.length).toBeGreaterThan(2000)
    expect(exported.filter(({ docstring }) => docstring === null).map(({ place }) => place)).toEqual([])
  })

  it('none only repeats the name of its export', () => {
    expect(exported.filter(repeatsName).map(({ place }) => place)).toEqual([])
  })

  it('of a member that may be null, it is said what that means', () => {
    const wrong = [...sources].flatMap(([file, source]) =>
      unexplainedNulls(source).map(({ name, line }) => `${file}:${line} ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('none stands away from what it documents', () => {
    const wrong = [...texts].flatMap(([file, text]) => detachedDocstrings(text).map((line) => `${file}:${line}`))
    expect(wrong).toEqual([])
  })

  it.each([
    ['function', 'export async function* one() {}'],
    ['class', 'export abstract class one {}'],
    ['constant', 'export const one = 1'],
    ['pattern', 'export const { one } = make()'],
    ['pattern in a pattern', 'export const [{ a: one }] = make()'],
    ['type', 'export type one = string'],
    ['interface', 'export interface one {}'],
    ['enumeration', 'export enum one {}'],
    ['name in a list', 'const one = 1\nexport { one }'],
    ['name in a list, under another one', 'const one = 1\nexport { one as two }'],
  ])('are looked for: %s', (_, text) => {
    expect(exportsIn(text)).toEqual([{ name: 'one', line: 1, docstring: null }])
    expect(exportsIn(`/** What it is. */\n${text}`)).toEqual([{ name: 'one', line: 2, docstring: 'What it is.' }])
    expect(exportsIn(`// What it is.\n${text}`)).toMatchObject([{ docstring: null }])
    expect(exportsIn(`/* What it is. */\n${text}`)).toMatchObject([{ docstring: null }])
  })

  it.each([
    ['kept in the file', 'function one() {}'],
    ['exported again', "export { one } from './one.ts'"],
    ['all of another file', "export * from './one.ts'"],
  ])('are not looked for: %s', (_, text) => {
    expect(exportsIn(text)).toEqual([])
  })

  it('an export without a name needs one too', () => {
    expect(exportsIn('export default function () {}')).toEqual([{ name: 'default', line: 1, docstring: null }])
  })

  it('one is enough for declarations of one name, and none is inherited by another name', () => {
    const schema = '/** A size in bytes. */\nexport const Size = z.int()\n'
    expect(exportsIn(`${schema}export type Size = z.infer<typeof Size>`)).toMatchObject([{ name: 'Size' }])
    expect(exportsIn(`${schema}export type Other = z.infer<typeof Size>`)).toMatchObject([
      { docstring: 'A size in bytes.' },
      { name: 'Other', docstring: null },
    ])
  })

  it.each([
    ['an interface', 'export interface One {\n  readonly two: string | null\n}', ['One.two']],
    ['an object type', 'export type One = {\n  two?: () => string | null\n}', ['One.two']],
    ['a docstring of the member', 'export interface One {\n  /** Null: none. */\n  two: string | null\n}', []],
    ['one of the whole', '/** A pair; `two` is null at first. */\nexport interface One {\n  two: string | null\n}', []],
    ['what is no export', 'interface One {\n  two: string | null\n}', []],
    ['what is never null', 'export interface One {\n  two: string\n}', []],
  ])('finds members that may be null: %s', (_, text, found) => {
    expect(nullsIn(text)).toEqual(found)
  })

  it.each([
    ['openFile', 'Opens the file.', true],
    ['openFile', 'Open files.', true],
    ['openFile', 'For us.', true],
    ['openFile', 'Without waiting for a pipe.', false],
    ['HTTPServer', 'The server of the HTTP.', true],
    ['openFile', null, false],
  ])('that says nothing more than the name %s: %s', (name, docstring, found) => {
    expect(repeatsName({ name, line: 1, docstring })).toBe(found)
  })

  it.each([
    ['an empty line', '/** Text. */\n\nconst one = 1', true],
    ['an empty line in a function', 'function one() {\n  /** Text. */\n \n  return 1\n}', true],
    ['several lines, and an empty one', '/**\n * Text.\n */\n\nconst one = 1', true],
    ['another docstring', '/** Text. */\n/** Another. */\nconst one = 1', true],
    ['an import', "/** Text. */\nimport 'one'", true],
    ['a re-export', "/** Text. */\nexport { one } from './one.ts'", true],
    ['a closing bracket', 'interface One {\n  /** Text. */\n}', true],
    ['the end of the file', 'const one = 1\n/** Text. */\n', true],
    ['a declaration', '/** Text. */\nexport const one = 1', false],
    ['a member', 'interface One {\n  /** Text. */\n  one: string\n}', false],
    ['a remark for the linter', '/** Text. */\n// biome-ignore lint: why.\nconst one = 1', false],
  ])('is away from its declaration before %s', (_, text, found) => {
    expect(detachedDocstrings(text)).toHaveLength(found ? 1 : 0)
  })
})
