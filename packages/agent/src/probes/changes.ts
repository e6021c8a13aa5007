import type { ProbeStatus, ProbeValue } from '@chaos-lite/shared'
import type { Sample } from './probe.ts'

/** A change of status, with the readings that bound its instant. The fields are those of the event `probe.changed`. */
export interface ProbeChange {
  readonly status: ProbeStatus
  readonly value: ProbeValue
  /** Why it is not up; null when it is. */
  readonly message: string | null
  /**
   * When the last sample that saw the opposite was begun: the change came after it. Null when the opposite was never
   * seen. For up and down only samples that could be evaluated count, because the others saw nothing.
   */
  readonly lastOtherMonoMs: number | null
  /** When the first sample with this status was complete: the change came before it. */
  readonly firstSeenMonoMs: number
}

/**
 * Watches samples go by and reports the changes. The readings are rounded outwards to whole milliseconds, so that the true
 * instant never falls outside.
 */
export function createChanges(): { add(sample: Sample): ProbeChange | null } {
  let status: ProbeStatus | null = null
  const lastBegan = new Map<ProbeStatus, number>()
  return {
    add(sample) {
      const changed = sample.status !== status
      const others = opposites(sample.status).map((other) => lastBegan.get(other))
      const seen = others.filter((began) => began !== undefined)
      lastBegan.set(sample.status, sample.beganMonoMs)
      status = sample.status
      if (!changed) return null
      return {
        status: sample.status,
        value: sample.value,
        message: sample.message,
        lastOtherMonoMs: seen.length === 0 ? null : Math.floor(Math.max(...seen)),
        firstSeenMonoMs: Math.ceil(sample.endedMonoMs),
      }
    },
  }
}

function opposites(status: ProbeStatus): readonly ProbeStatus[] {
  if (status === 'up') return ['down']
  return status === 'down' ? ['up'] : ['up', 'down']
}
