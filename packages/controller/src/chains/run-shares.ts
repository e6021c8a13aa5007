import { type AgentEvent, type HostId, isEssential, type Ulid } from '@chaos-lite/shared'
import type { Complaint } from './chain.ts'

/**
 * What one host may add to one run. A whole afternoon's drill is some hundred facts; beyond this a host is broken or
 * hostile, and its facts are kept outside the run, so that nobody who looks at the run has to pay for them.
 */
export const RUN_SHARE = { facts: 20_000, bytes: 16 * 1024 * 1024 }
/** Facts that report something already done belong into the record, however much was said before: this many more. */
const ESSENTIAL_MORE = { facts: 1_000, bytes: 4 * 1024 * 1024 }
const REMEMBERED = 10_000

interface Share {
  facts: number
  bytes: number
  /** It was reported once, since this controller began to count, that there is no room any more. */
  reported: boolean
}

/**
 * `full, reported`: the same as `full`, and the incident is there already; so it is with a run that was reported as `lost`: it is
 * not in the store since that was restored from a backup.
 */
export type Admitted = 'yes' | 'foreign' | 'lost' | 'full' | 'full, reported'

/** What is stored already of a run, as of the transaction that stores the facts. */
export interface RunsStored {
  /** Is this host one of the run's? */
  belongs(runId: Ulid, hostId: HostId): boolean
  /** Is this a run that a restored store has lost, as far as is known? */
  isLost(runId: Ulid): boolean
  /** What is stored of this host in this run. */
  share(runId: Ulid, hostId: HostId): { readonly facts: number; readonly bytes: number }
}

/** Which host may report on which run, and how much. To be asked inside the transaction that stores the facts. */
export class RunShares {
  readonly #stored: RunsStored
  readonly #limits: typeof RUN_SHARE
  /** Pairs of run and host that were found to belong together, and what is stored of them. */
  readonly #shares = new Map<string, Share>()
  /** Pairs of lost run and host that are incidents already. */
  readonly #lost = new Set<string>()

  constructor(stored: RunsStored, limits = RUN_SHARE) {
    this.#stored = stored
    this.#limits = limits
  }

  /** May this host add this fact to the run? When it may, it is counted. */
  admit(
    hostId: HostId,
    runId: Ulid,
    fact: { readonly line: string; readonly event: Pick<AgentEvent, 'type'> },
  ): Admitted {
    const share = this.#share(hostId, runId)
    if (share === null) return this.#unknown(hostId, runId)
    const more = isEssential(fact.event) ? ESSENTIAL_MORE : { facts: 0, bytes: 0 }
    const bytes = share.bytes + fact.line.length
    if (share.facts >= this.#limits.facts + more.facts || bytes > this.#limits.bytes + more.bytes) {
      const answer = share.reported ? 'full, reported' : 'full'
      share.reported = true
      return answer
    }
    share.facts += 1
    share.bytes = bytes
    return 'yes'
  }

  #unknown(hostId: HostId, runId: Ulid): Admitted {
    if (!this.#stored.isLost(runId)) return 'foreign'
    const key = `${runId} ${hostId}`
    if (this.#lost.has(key)) return 'full, reported'
    if (this.#lost.size >= REMEMBERED) this.#lost.clear()
    this.#lost.add(key)
    return 'lost'
  }

  /** What was counted may not have been committed: it is read again. */
  forget(): void {
    this.#shares.clear()
    this.#lost.clear()
  }

  #share(hostId: HostId, runId: Ulid): Share | null {
    const key = `${runId} ${hostId}`
    const known = this.#shares.get(key)
    if (known) return known
    if (!this.#stored.belongs(runId, hostId)) return null
    const share = { ...this.#stored.share(runId, hostId), reported: false }
    if (this.#shares.size >= REMEMBERED) this.#shares.clear()
    this.#shares.set(key, share)
    return share
  }
}

/** What is to be said of a fact that names a run and is kept outside of it; null: it was said already. */
export function outside(admitted: Exclude<Admitted, 'yes'>, runId: Ulid, seq: number): Complaint | null {
  switch (admitted) {
    case 'full, reported':
      return null
    case 'full':
      return {
        kind: 'too many facts',
        reason: `This host reported too much about run ${runId}; from fact ${seq} on it is kept outside the run.`,
      }
    case 'lost':
      return {
        kind: 'store restored',
        reason: `This host reported again on run ${runId}, which is not in the restored store; its facts are kept outside of any run, from fact ${seq} on.`,
      }
    case 'foreign':
      return {
        kind: 'foreign run',
        reason: `Fact ${seq} names run ${runId}, in which this host has no part; it was kept outside the run.`,
      }
  }
}
