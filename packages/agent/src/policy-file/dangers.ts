import { durationMs, type Position } from '@chaos-lite/shared'
import type { OwnThings } from '../host/index.ts'
import { oneLine } from '../text/index.ts'
import { numberIn, wider } from './ceilings.ts'
import { dangers } from './danger-rules.ts'
import { entriesIn, type PolicyFile, type Window } from './schema.ts'

/** A line of a policy that opens more than its owner may have meant. It works; `doctor` warns of it. */
export interface Danger {
  /** Where it stands in the file, counted from 1; null for what is missing. */
  readonly line: number | null
  readonly text: string
  readonly remedy: string
}

/** What the rules look at. */
export interface DangerSource {
  readonly file: PolicyFile
  readonly positions: ReadonlyMap<string, Position>
  readonly own: OwnThings
}

const dayMinutes = 24 * 60

/** Every dangerous line, in the order of the file. Never throws. */
export function dangersOf({ file, positions, own }: DangerSource): readonly Danger[] {
  const found = Object.entries(dangers.lists).flatMap(([key, { look, remedy }]) =>
    entriesIn(file, key).flatMap((entry, index) => {
      const why = look(entry, own)
      const line = positions.get(`${key}[${index}]`)?.line ?? null
      return why === null ? [] : [{ line, text: oneLine(`${key}: ${entry} ${why}`, 400), remedy }]
    }),
  )
  const hold = longHold(file, positions)
  const late = anyHour(file, positions)
  const loads = wideCeilings(file, positions)
  return [...found, ...hold, ...late, ...loads].sort((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity))
}

function longHold({ holdAtMost }: PolicyFile, positions: DangerSource['positions']): readonly Danger[] {
  if ((durationMs(holdAtMost) ?? 0) <= dangers.longestHoldMs) return []
  const line = positions.get('holdAtMost')?.line ?? null
  return [{ line, text: `holdAtMost: ${holdAtMost} lets one failure stay that long`, remedy: 'drills need minutes' }]
}

function wideCeilings(file: PolicyFile, positions: DangerSource['positions']): readonly Danger[] {
  return Object.entries(dangers.ceilings).flatMap(([name, limit]) => {
    const now = numberIn(file, name)
    if (wider(name, now, limit) === limit) return []
    const line = positions.get(name)?.line ?? null
    return [{ line, text: `${name}: ${now} leaves little to everybody else`, remedy: `${limit} is enough` }]
  })
}

function anyHour({ actions, hours }: PolicyFile, positions: DangerSource['positions']): readonly Danger[] {
  if (actions.length === 0) return []
  const remedy = 'name hours in which somebody can look after it'
  if (hours === undefined) {
    return [{ line: null, text: 'without hours, failures may be started at night and on holidays too', remedy }]
  }
  return hours.flatMap((window, index) => {
    if (!isAlways(window)) return []
    const line = positions.get(`hours[${index}]`)?.line ?? null
    return [{ line, text: 'hours: this window is open day and night', remedy }]
  })
}

/** From any time to the same time of the next day, or all but an hour of it, on each day of the week. */
function isAlways({ days, from, to }: Window): boolean {
  const length = (minutes(to) - minutes(from) + dayMinutes) % dayMinutes
  return new Set(days).size % 7 === 0 && (length === 0 || length >= dayMinutes - 60)
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(':').map(Number)
  return hours * 60 + rest
}
