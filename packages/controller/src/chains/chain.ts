import type { IncidentKind } from '@chaos-lite/shared/api'

/** What of a fact its place in the chain of an epoch hangs on. */
export interface Place {
  readonly seq: number
  readonly digest: string
}

/** The next one, which names the digest of the one before. */
export interface Next extends Place {
  /** Null for the first of its epoch. */
  readonly prev: string | null
}

/** What becomes an incident, with a sentence for people. */
export interface Complaint {
  readonly kind: IncidentKind
  readonly reason: string
}

/** What is wrong between the last fact of an epoch and the next one; null when it follows. */
export function breakBetween(last: Place | undefined, next: Next): Complaint | null {
  const expected = last === undefined ? 0 : last.seq + 1
  if (next.seq > expected) {
    const which = next.seq === expected + 1 ? `Fact ${expected}` : `Facts ${expected} to ${next.seq - 1}`
    const reason = `${which} of this epoch never came: the controller was restored from an older backup, or the host lost them.`
    return { kind: 'facts missing', reason }
  }
  if (next.prev === (last?.digest ?? null)) return null
  const reason = `Fact ${next.seq} does not follow from the fact that was stored before it: the host was restored from a snapshot, or its record was changed.`
  return { kind: 'chain broken', reason }
}

/** A number that is not beyond the last one stored, beside what is kept under it: null for the very same line. */
export function repeated(kept: Pick<Place, 'digest'> | undefined, { seq, digest }: Place): Complaint | null {
  if (kept?.digest === digest) return null
  if (kept === undefined) {
    return { kind: 'chain broken', reason: `Fact ${seq} came after facts that follow it; it was kept, not applied.` }
  }
  const reason = `Fact ${seq} came a second time with other content: two agents use this key, or the host was restored from an old snapshot.`
  return { kind: 'key reused', reason }
}
