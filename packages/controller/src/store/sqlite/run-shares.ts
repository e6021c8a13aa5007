import { type AgentEvent, ChaosError, type HostId, isEssential, type Ulid } from '@chaos-lite/shared'
import type { FactStatements } from './facts-statements.ts'

/**
 * What one host may add to one run. A whole afternoon's drill is some hundred facts; beyond this a host is broken or
 * hostile, and its facts are kept outside the run, so that nobody who looks at the run has to pay for them.
 */
export const RUN_SHARE = { facts: 20_000, bytes: 16 * 1024 * 1024 }
/** Facts that tell of something already done belong into the record, however much was said before: this many more. */
const ESSENTIAL_MORE = { facts: 1_000, bytes: 4 * 1024 * 1024 }
const REMEMBERED = 10_000

interface Share {
  facts: number
  bytes: number
  /** It was told once, since this controller began to count, that there is no room any more. */
  told: boolean
}

/**
 * `full told`: the same as `full`, and the incident is there already; so it is with a run that was told to be `lost`: it is
 * not in the store since that was restored from a backup.
 */
export type Admitted = 'yes' | 'foreign' | 'lost' | 'full' | 'full told'

/** Which host may tell of which run, and how much. To be asked inside the transaction that stores the facts. */
export class RunShares {
  readonly #statements: FactStatements
  readonly #limits: typeof RUN_SHARE
  /** Pairs of run and host that were found to belong together, and what is stored of them. */
  readonly #shares = new Map<string, Share>()
  /** Pairs of lost run and host that are incidents already. */
  readonly #lost = new Set<string>()

  constructor(statements: FactStatements, limits = RUN_SHARE) {
    this.#statements = statements
    this.#limits = limits
  }

  /** May this host add this fact to the run? When it may, it is counted. */
  admit(hostId: HostId, runId: Ulid, fact: { readonly line: string; readonly event: AgentEvent }): Admitted {
    const share = this.#share(hostId, runId)
    if (share === null) return this.#unknown(hostId, runId)
    const more = isEssential(fact.event) ? ESSENTIAL_MORE : { facts: 0, bytes: 0 }
    const bytes = share.bytes + fact.line.length
    if (share.facts >= this.#limits.facts + more.facts || bytes > this.#limits.bytes + more.bytes) {
      const answer = share.told ? 'full told' : 'full'
      share.told = true
      return answer
    }
    share.facts += 1
    share.bytes = bytes
    return 'yes'
  }

  #unknown(hostId: HostId, runId: Ulid): Admitted {
    if (!this.#statements.lost.get(runId)) return 'foreign'
    const key = `${runId} ${hostId}`
    if (this.#lost.has(key)) return 'full told'
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
    if (!this.#statements.belongs.get(runId, hostId)) return null
    const stored = this.#statements.share.get(runId, hostId)
    if (stored === undefined) throw new ChaosError('internal', 'A count of facts came back empty.')
    const share = { ...stored, told: false }
    if (this.#shares.size >= REMEMBERED) this.#shares.clear()
    this.#shares.set(key, share)
    return share
  }
}
