import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, it } from 'vitest'
import { parseSources } from './support/parse-sources.ts'
import { sentencesIn } from './support/sentences.ts'
import { left, otherTexts } from './support/sentences-left.ts'

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
const files = tracked.split('\n').filter((file) => /^packages\/[a-z]+\/src\/.*\.tsx?$/.test(file))
const wordFiles = files.filter((file) => file.endsWith('words.en.ts'))
const code = files.filter((file) => !file.endsWith('words.en.ts') && !file.includes('.generated.'))
const read = code.filter(
  (file) => !Object.keys(otherTexts).some((place) => file === place || file.startsWith(`${place}/`)),
)

/** The folder below `src` that a file belongs to; a file of `src` itself stands for itself. */
function folderOf(file: string): string {
  return file.split('/').slice(0, 4).join('/')
}

function sentencesOf(text: string): string[] {
  return [...parseSources(new Map([['one.tsx', text]])).values()].flatMap(sentencesIn).map((found) => found.text)
}

describe('texts for people', () => {
  const sources = parseSources(new Map(read.map((file) => [file, readFileSync(file, 'utf8')])))
  const found = [...sources].flatMap(([file, source]) => sentencesIn(source).map((one) => ({ file, ...one })))
  const folders = [...new Set([...found.map(({ file }) => folderOf(file)), ...Object.keys(left)])].sort()

  it.each(folders)('stand in the words of their place, in %s', (folder) => {
    const here = found.filter(({ file }) => folderOf(file) === folder)
    const known = left[folder] ?? 0
    const places = here.map(({ file, line, text }) => `${file}:${line} ${text}`)
    // Those that are left may only become fewer, and the list says how many there are.
    expect(here.length === known ? [] : [`${here.length} are found, ${known} expected`, ...places]).toEqual([])
  })

  it.each(wordFiles)('can be read as messages, and are all used, in %s', async (file) => {
    const places = Object.values(await import(pathToFileURL(file).href)) as Readonly<Record<string, string>>[]
    const folder = file.slice(0, file.lastIndexOf('/'))
    const users = code
      .filter((one) => one.startsWith(`${folder}/`))
      .map((one) => readFileSync(one, 'utf8'))
      .join('\n')
    for (const [key, text] of places.flatMap((words) => Object.entries(words))) {
      expect(key).toMatch(/^[a-z][a-zA-Z]*$/)
      expect(() => new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true }), key).not.toThrow()
      expect(users.includes(`'${key}'`) || users.includes(`.${key}`), `${key} is used by nobody`).toBe(true)
    }
  })

  it.each([
    ['a sentence', "fail('It does not run.')"],
    ['a part of one', "const why = 'because the other one does'"],
    ['a template', 'throw new ChaosError(`no ${thing} here`)'],
    ['what a page shows', 'const page = <p>Hosts</p>'],
    ['what a page says aloud', 'const page = <button aria-label="Close" />'],
  ])('are found: %s', (_, text) => {
    expect(sentencesOf(text)).toHaveLength(1)
  })

  it.each([
    ['a state', "const state = 'not seen'"],
    ['a type', "type State = 'a state that has many words'"],
    ['a line of the log', "log.info('The host has no link any more.')"],
    ['a mistake of the program', "throw new Error('This cannot be.')"],
    ['the documentation of a format', "z.string().describe('Which service is stopped')"],
    ['a query', "db.prepare('SELECT the FROM those WHERE it IS so')"],
    ['a name in a page', 'const page = <Icon name="circle" />'],
  ])('are not taken for one: %s', (_, text) => {
    expect(sentencesOf(text)).toEqual([])
  })
})
