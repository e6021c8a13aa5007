import type { HostId } from '../primitives.ts'
import type { Run } from './run.ts'

/** How long each growing list of a run may become. */
const LIMITS = {
  approvals: 20,
  phases: 20,
  questions: 50,
  observations: 1000,
  refusals: 500,
  aborts: 100,
  restarts: 100,
  late: 1000,
  anomalies: 200,
} as const satisfies Partial<Record<keyof Run, number>>

/** Adds to a list of the run; a full list stays as it is, and the loss is counted. */
export function append<K extends keyof typeof LIMITS>(run: Run, key: K, item: Run[K][number]): Run {
  const list: readonly Run[K][number][] = run[key]
  if (list.length >= LIMITS[key]) return { ...run, dropped: run.dropped + 1 }
  return { ...run, [key]: [...list, item] }
}

/** Keeps a fact that does not fit: never an error, because what happened, happened. */
export function anomaly(run: Run, text: string, ms: number, hostId: HostId | null = null): Run {
  return append(run, 'anomalies', { hostId, text, ms })
}

/** The list with the first matching item replaced; the same list when nothing matches. */
export function replaceFirst<T>(list: T[], matches: (item: T) => boolean, change: (item: T) => T): T[] {
  const index = list.findIndex(matches)
  const item = list[index]
  return item === undefined ? list : list.with(index, change(item))
}
