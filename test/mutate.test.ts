import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../packages/controller/test/support/temporary-folder.ts'
import { Compiler } from '../scripts/mutate/compiler.ts'
import { draw, inDrawnOrder } from '../scripts/mutate/mutate.ts'
import { nearestTests } from '../scripts/mutate/nearest-tests.ts'

const SOURCE = `
export interface Shape { readonly area: number }
export const LIMIT = 3
const log = { info: (text: string) => void text }
function hidden(): number {
  return 4
}
export function add(all: number[], one: number): number {
  if (one > LIMIT) return hidden()
  all.push(one)
  return all.length
}
export const noted = (text: string): void => {
  log.info(text)
}
export const nothing = () => undefined
export class Pile {
  #all: number[] = []
  put(one: number): void {
    this.#all.push(one)
  }
}
export function never(): never {
  throw new Error('never')
}
`

/** A project with one package, which has one source file and two tests. */
function aProject() {
  const folder = temporaryFolder()
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  write('packages/one/src/add.ts', SOURCE)
  write('packages/one/src/index.ts', "export { add } from './add.ts'\n")
  write('packages/one/test/add.test.ts', "import { add } from '../src/add.ts'\n")
  write('packages/one/test/all.test.ts', "import { add } from '../src/index.ts'\n")
  write('packages/one/test/other.test.ts', 'export {}\n')
  const compilerOptions = {
    strict: true,
    target: 'es2024',
    module: 'nodenext',
    types: [],
    allowImportingTsExtensions: true,
  }
  write('packages/one/tsconfig.json', JSON.stringify({ compilerOptions, include: ['src/**/*.ts'] }))
  return folder
}

function aCompiler(folder: string): Compiler {
  const compiler = new Compiler(folder, 'one')
  onTestFinished(() => compiler.close())
  return compiler
}

describe('mutations', () => {
  test('are drawn from what exported functions do, never from types, logs, or what is empty already', () => {
    const found = aCompiler(aProject()).candidates()
    expect(found.map(({ name, kind, text }) => [name, kind, text])).toEqual([
      ['add', 'removed', 'all.push(one)'],
      ['add', 'inverted', 'one > LIMIT'],
      ['add', 'emptied', 'all.length'],
      ['Pile.put', 'removed', 'this.#all.push(one)'],
    ])
    expect(found[0]).toMatchObject({ file: join('packages', 'one', 'src', 'add.ts'), line: 10 })
  })

  test('are the same for the same seed, one for each function, and leave the file as it was', () => {
    const folder = aProject()
    const compiler = aCompiler(folder)
    const drawn = (seed: number) => draw(compiler, inDrawnOrder(compiler.candidates(), seed), 10)
    const first = drawn(1)
    expect(first.map(({ name }) => name).sort()).toEqual(['Pile.put', 'add'])
    expect(drawn(1)).toEqual(first)
    expect(new Set([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => JSON.stringify(drawn(seed)))).size).toBeGreaterThan(1)
    expect(readFileSync(join(folder, 'packages/one/src/add.ts'), 'utf8')).toBe(SOURCE)
  })

  test('compile: a return is emptied by a value of its type', () => {
    const folder = aProject()
    const compiler = aCompiler(folder)
    const emptied = compiler.candidates().find(({ kind }) => kind === 'emptied')
    if (emptied === undefined) throw new Error('No return was found.')
    expect(compiler.apply(emptied)).toBe('0')
    expect(readFileSync(join(folder, 'packages/one/src/add.ts'), 'utf8')).toContain('  return 0\n')
  })

  test('are tested by what imports their file, the most direct tests first', () => {
    const nearest = nearestTests(aProject(), 'one')
    const file = join('packages', 'one', 'src', 'add.ts')
    const tests = ['add', 'all'].map((name) => join('packages', 'one', 'test', `${name}.test.ts`))
    expect(nearest(file, 6)).toEqual(tests)
    expect(nearest(file, 1)).toEqual(tests.slice(0, 1))
  })
})
