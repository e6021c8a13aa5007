import { type Path, pathText } from '../../path.ts'
import type { Finding } from '../finding.ts'
import type { Mistake, Position } from '../mistake.ts'
import type { Json } from '../placeholder.ts'

/** A value read from a file, and where its parts stand. Both maps go by the text of the path. */
export interface Located {
  readonly value: Json
  readonly values: ReadonlyMap<string, Position>
  readonly keys: ReadonlyMap<string, Position>
}

/** A mistake whose file is not named yet. */
export type Placed = Omit<Mistake, 'file'>

/** Gives a finding its place. What is not in the file (a missing key) is placed at what should contain it. */
export function place(finding: Finding, located: Located): Placed {
  const { message, expected, nearest } = finding
  return { ...positionOf(finding.path, finding.at, located), path: pathText(finding.path), message, expected, nearest }
}

function positionOf(path: Path, at: Finding['at'], { values, keys }: Located): Position {
  const text = pathText(path)
  const found = (at === 'key' ? keys.get(text) : undefined) ?? values.get(text)
  if (found !== undefined) return found
  if (path.length === 0) return { line: 1, column: 1 }
  const parent = path.slice(0, -1)
  return keys.get(pathText(parent)) ?? positionOf(parent, 'value', { value: null, values, keys })
}
