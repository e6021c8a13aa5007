import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Compiler } from './compiler.ts'
import { makeCopy } from './copy.ts'
import { draw, inDrawnOrder, lineOf, type Mutation, type Result, resultOf } from './mutate.ts'
import { nearestTests } from './nearest-tests.ts'
import { type Options, readOptions } from './options.ts'
import { runTests } from './run-tests.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The tests of these mutations that fail without any mutation: they would call each one caught. */
async function failingAnyway(
  folder: string,
  files: readonly string[],
  limits: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<ReadonlySet<string>> {
  if (files.length === 0 || (await runTests(folder, files, limits)) === 'passed') return new Set()
  const failing = new Set<string>()
  for (const file of files) if ((await runTests(folder, [file], limits)) !== 'passed') failing.add(file)
  return failing
}

async function testAll(folder: string, options: Options, signal: AbortSignal): Promise<Result[]> {
  const compiler = new Compiler(folder, options.package)
  try {
    const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31)
    process.stdout.write(`Seed ${seed} of ${options.package}\n`)
    const drawn = draw(compiler, inDrawnOrder(compiler.candidates(), seed), options.count)
    const nearest = nearestTests(folder, options.package)
    const testsOf = ({ file }: Mutation) => nearest(file, options.files)
    const { seconds } = options
    const all = [...new Set(drawn.flatMap(testsOf))]
    const failing = await failingAnyway(folder, all, { seconds: seconds * Math.max(1, all.length), signal })
    for (const file of failing) process.stdout.write(`${file} fails without any mutation, and is left out\n`)
    const results: Result[] = []
    for (const mutation of drawn) {
      const tests = testsOf(mutation).filter((file) => !failing.has(file))
      const result = tests.length === 0 ? 'has no test' : await tested(compiler, mutation, tests)
      process.stdout.write(`${lineOf(mutation, result)}\n`)
      results.push(result)
    }
    return results

    async function tested(on: Compiler, mutation: Mutation, tests: readonly string[]): Promise<Result> {
      if (on.apply(mutation) === null) throw new Error(`${mutation.file} could not be changed again.`)
      try {
        return resultOf(await runTests(folder, tests, { seconds, signal }))
      } finally {
        on.restore(mutation, mutation.now)
      }
    }
  } finally {
    compiler.close()
  }
}

const options = readOptions(process.argv.slice(2))
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort(new Error(name)))
try {
  if (!existsSync(join(root, 'packages', options.package, 'src')))
    throw new Error(`There is no package ${options.package}: expected a folder below packages.`)
  const copy = makeCopy(root)
  try {
    const results = await testAll(copy.folder, options, stop.signal)
    const caught = results.filter((one) => one === 'caught').length
    process.stdout.write(`${caught} of ${results.length} mutations were caught\n`)
    process.exitCode = caught === results.length ? 0 : 1
  } finally {
    copy.remove()
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
