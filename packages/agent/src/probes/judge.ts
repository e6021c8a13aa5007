import { durationMs, type Expectation, formatDuration, type ProbeStatus, type Scalar } from '@chaos-lite/shared'
import { oneLine } from '../text/index.ts'
import type { Sighting } from './probe.ts'

/** A sample against what is expected of it. */
export interface Judgement {
  readonly status: ProbeStatus
  /** Why it is not up, in plain words; null when it is. */
  readonly message: string | null
}

type Bounds = Exclude<Expectation, string | number | boolean>

/**
 * Compares what was seen with what must be. Everything expected must hold; a field the probe did not answer makes the
 * whole sample `not evaluated`, because nothing can be said. `null` is an answer ("there is none") and is compared.
 */
export function judge(sighting: Sighting, expect: Readonly<Record<string, Expectation>>): Judgement {
  if (!sighting.evaluated) return { status: 'not evaluated', message: oneLine(sighting.message, 512) }
  const { value, message } = sighting
  const wrong: string[] = []
  for (const [field, wanted] of Object.entries(expect)) {
    const seen = Object.hasOwn(value, field) ? value[field] : undefined
    if (seen === undefined) {
      return { status: 'not evaluated', message: oneLine(`This probe does not answer ${field}`, 512) }
    }
    const complaint = complaintAbout(field, seen, wanted)
    if (complaint === 'unreadable') {
      return { status: 'not evaluated', message: oneLine(`What is expected of ${field} cannot be compared`, 512) }
    }
    if (complaint !== null) wrong.push(complaint)
  }
  if (wrong.length === 0) return { status: 'up', message: null }
  return { status: 'down', message: oneLine(message ?? wrong.join('; '), 512) }
}

/** A sample that had to be ended: down for a consumer, unless the probe says that hanging proves nothing. */
export function judgeHanging(hanging: 'down' | 'not evaluated' | undefined, timeoutMs: number): Judgement {
  return { status: hanging ?? 'down', message: `No answer within ${formatDuration(timeoutMs)}` }
}

function complaintAbout(field: string, seen: Scalar, wanted: Expectation): string | null | 'unreadable' {
  if (typeof wanted !== 'object') {
    return seen === wanted ? null : `${field} is ${shown(seen)}, expected ${shown(wanted)}`
  }
  return boundComplaint(field, seen, wanted)
}

function boundComplaint(field: string, seen: Scalar, wanted: Bounds): string | null | 'unreadable' {
  const atLeast = limitOf(wanted.atLeast)
  const atMost = limitOf(wanted.atMost)
  if (Number.isNaN(atLeast) || Number.isNaN(atMost)) return 'unreadable'
  if (atLeast !== null && !(typeof seen === 'number' && seen >= atLeast)) {
    return `${field} is ${shown(seen)}, expected at least ${wanted.atLeast}`
  }
  if (atMost !== null && !(typeof seen === 'number' && seen <= atMost)) {
    return `${field} is ${shown(seen)}, expected at most ${wanted.atMost}`
  }
  if (wanted.oneOf !== undefined && !wanted.oneOf.some((one) => one === seen)) {
    return `${field} is ${shown(seen)}, expected one of ${wanted.oneOf.map(shown).join(', ')}`
  }
  if (wanted.not !== undefined && seen === wanted.not) return `${field} is ${shown(seen)}, expected anything else`
  return null
}

/** A bound as a number: durations such as `5m` are milliseconds. Null without one, NaN when unreadable. */
function limitOf(limit: number | string | undefined): number | null {
  if (limit === undefined) return null
  return typeof limit === 'number' ? limit : (durationMs(limit) ?? Number.NaN)
}

function shown(value: Scalar): string {
  return value === null ? 'none' : typeof value === 'string' ? `"${value}"` : String(value)
}
