import type { Path } from '../path.ts'

/** Something to report about a place in a drill, before it is known where in the file that place is. */
export interface Finding {
  readonly path: Path
  /** Does the finding point at the value, or at the key that leads to it? A missing key points at its map. */
  readonly at: 'value' | 'key'
  readonly severity: 'mistake' | 'warning'
  readonly message: string
  /** As the end of "expected …"; null where the message says it all. */
  readonly expected: string | null
  /** The nearest valid name; null where none is near. */
  readonly nearest: string | null
}

type Details = Partial<Pick<Finding, 'at' | 'expected' | 'nearest'>>

/** A mistake: nothing is planned until it is corrected. */
export function mistake(path: Path, message: string, details: Details = {}): Finding {
  return { path, at: 'value', severity: 'mistake', message, expected: null, nearest: null, ...details }
}

/** A warning: the drill can run, but probably not as its author thinks. */
export function warning(path: Path, message: string, details: Details = {}): Finding {
  return { ...mistake(path, message, details), severity: 'warning' }
}
