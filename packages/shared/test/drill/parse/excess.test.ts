import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDrill } from '../../../src/drill/index.ts'
import { excessOf } from '../../../src/drill/parse/excess.ts'

const SHIPPED = join(import.meta.dirname, '../../../../../drills')
const messageOf = (text: string) => {
  const parsed = parseDrill(text, { file: 'x.yaml', menu: null })
  return parsed.ok ? null : parsed.mistakes[0]?.message
}

describe('a file with far too much in it', () => {
  it.each([
    ['[', 'more than 100 brackets open inside each other'],
    ['{a: ', 'more than 100 brackets open inside each other'],
    ['a: [\n', 'more than 100 brackets open inside each other'],
    [']', 'more than 200 closing brackets that nothing opened'],
    ['- ', 'more than 50 lists begin on one line'],
    ['? ', 'more than 50 lists begin on one line'],
    ['!a ', 'more than 500 tags'],
    ['- !a\n', 'more than 500 tags'],
    ['&a ', 'more than 500 anchors'],
    ['- &a x\n', 'more than 500 anchors'],
    ['- *a\n', 'more than 500 aliases'],
    ['[*a,', 'more than 100 brackets'],
  ])('is refused before the YAML reader sees it: %j, again and again', (part, why) => {
    expect(messageOf(part.repeat(100_000 / part.length))).toContain(why)
  })

  it('is reported with the place where it became too much', () => {
    expect(excessOf(`a: b\n${'[ '.repeat(101)}`)).toMatchObject({ line: 2, column: 201 })
  })
})

describe('a file for people', () => {
  it.each(readdirSync(SHIPPED).filter((name) => name.endsWith('.yaml')))('%s has nothing too much in it', (name) => {
    expect(excessOf(readFileSync(join(SHIPPED, name), 'utf8'))).toBeNull()
  })

  it('may hold lists one after another, emphasis, mail addresses and exclamation marks', () => {
    const text = `why: |\n${'  **Stop!** ask me & him (a@b) - or [here], {there}: ! * & -\n'.repeat(400)}`
    expect(excessOf(text)).toBeNull()
    expect(excessOf('- [a, [b]]\n'.repeat(5_000))).toBeNull()
  })
})
