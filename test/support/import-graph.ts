import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** One import as it is written. */
export interface Import {
  readonly from: string
  readonly to: string
  /** Written as `import('…')`: loaded when it is needed. */
  readonly late: boolean
}

/** Every import between these files by a relative path, of types as well; styles are none. */
export function importsBetween(files: readonly string[]): Import[] {
  const known = new Set(files)
  return files.flatMap((from) => {
    const text = readFileSync(from, 'utf8')
    return [...text.matchAll(/(from|import)(\s*\()?\s*['"](\.[^'"]+)['"]/g)].flatMap(([, , late, path = '']) => {
      const to = normalize(join(dirname(from), path))
      return known.has(to) ? [{ from, to, late: late !== undefined }] : []
    })
  })
}

/** Circles of two and more: each as the names that reach one another, in order. */
export function circles(edges: readonly (readonly [string, string])[]): string[][] {
  const next = new Map<string, Set<string>>()
  for (const [from, to] of edges) if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to))
  const reachable = (start: string): Set<string> => {
    const seen = new Set<string>()
    const open = [...(next.get(start) ?? [])]
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      if (seen.has(one)) continue
      seen.add(one)
      open.push(...(next.get(one) ?? []))
    }
    return seen
  }
  const reach = new Map([...next.keys()].map((name) => [name, reachable(name)]))
  const found = new Set<string>()
  for (const [name, seen] of reach) {
    if (!seen.has(name)) continue
    const others = [...seen].filter((one) => reach.get(one)?.has(name))
    found.add([...new Set([name, ...others])].sort().join('\n'))
  }
  return [...found].map((circle) => circle.split('\n'))
}
