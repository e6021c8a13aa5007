import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** Unit tests that may reach a package: its own, and those of several packages. */
const testsOf = (name: string) => [
  `packages/${name}/test/**/*.test.{ts,tsx}`,
  ...['test/*.test.ts', 'test/{contract,protocol}/**/*.test.ts'],
]

/** Finds the unit tests that import a file, the most direct ones first. Paths are from the root. */
export function nearestTests(root: string, name: string): (file: string, most: number) => string[] {
  const tests = globSync(testsOf(name), { cwd: root }).map(normalize).sort()
  const imports = new Map<string, readonly string[]>()
  const importsOf = (file: string): readonly string[] => {
    const known = imports.get(file) ?? readImports(root, file)
    imports.set(file, known)
    return known
  }
  const distances = new Map(tests.map((test) => [test, distancesFrom(test, importsOf)]))
  return (file, most) =>
    tests
      .flatMap((test) => {
        const far = distances.get(test)?.get(file)
        return far === undefined ? [] : [{ test, far }]
      })
      .sort((a, b) => a.far - b.far)
      .slice(0, most)
      .map(({ test }) => test)
}

/** How many imports lie between a file and each one that it reaches. */
function distancesFrom(start: string, importsOf: (file: string) => readonly string[]): ReadonlyMap<string, number> {
  const found = new Map([[start, 0]])
  for (const [file, far] of found) {
    for (const next of importsOf(file)) if (!found.has(next)) found.set(next, far + 1)
  }
  return found
}

function readImports(root: string, file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+\.tsx?)['"]/g)]
    .map(([, path = '']) => normalize(join(dirname(file), path)))
    .filter((path) => existsSync(join(root, path)))
}
