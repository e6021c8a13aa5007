/** Sockets that have not yet proved who they are: at most this many, in all and from one network. */
export interface StrangerLimits {
  /** Sockets at a time. */
  readonly total: number
  /** Sockets at a time from one network, as `networkOf` groups addresses. */
  readonly perNetwork: number
}

/** The place of one socket that has not proved who it is. */
export interface Place {
  /** It has sent its first frame. */
  spoke(): void
  /** It has proved that it is a host: it holds no place any more, and its network is known from now on. */
  proved(): void
  /** Its socket is gone. */
  gone(): void
}

interface Held {
  readonly network: string
  readonly sinceMs: number
  readonly drop: () => void
  silent: boolean
}

/** A handshake that is under way needs this long at most on a bad line; until then nobody takes its place. */
const UNDER_WAY_MS = 1_000
/** The part of all places that only networks of known hosts get, once there are some. */
const FOR_KNOWN = 1 / 4
/** Networks that are remembered because a host there has proved itself. */
const MOST_KNOWN = 10_000

/**
 * What strangers may hold open, so that they cannot use up the controller and cannot keep hosts out either: where no
 * place is left, the oldest silent socket goes, never the newcomer. Networks of known hosts lose theirs last.
 */
export class Strangers {
  readonly #limits: StrangerLimits
  /** Oldest first. */
  readonly #held = new Set<Held>()
  readonly #known = new Set<string>()
  readonly #nowMs: () => number

  constructor(limits: StrangerLimits, nowMs = () => performance.now()) {
    this.#limits = limits
    this.#nowMs = nowMs
  }

  get size(): number {
    return this.#held.size
  }

  /** A place for a new socket, which `drop` ends; null when all are held by handshakes that are under way. */
  take(network: string, drop: () => void): Place | null {
    if (!this.#makeRoom(network)) return null
    const held: Held = { network, sinceMs: this.#nowMs(), drop, silent: true }
    this.#held.add(held)
    const gone = () => void this.#held.delete(held)
    return {
      gone,
      spoke: () => {
        held.silent = false
      },
      proved: () => {
        gone()
        this.#know(network)
      },
    }
  }

  #makeRoom(network: string): boolean {
    const ours = [...this.#held].filter((held) => held.network === network)
    if (ours.length >= this.#limits.perNetwork) return this.#dropOneOf(ours)
    const strange = [...this.#held].filter((held) => !this.#known.has(held.network))
    const known = this.#known.has(network)
    const room = this.#held.size < this.#limits.total
    if (room && (known || strange.length < this.#forStrangers())) return true
    if (this.#dropOneOf(this.#largestOf(strange))) return true
    // Only known networks hold places: a stranger gets none of theirs, and they share.
    return known && this.#dropOneOf(this.#largestOf([...this.#held]))
  }

  /** Who speaks at once keeps a place for a second, and could come again and again: some places are not for strangers. */
  #forStrangers(): number {
    const { total } = this.#limits
    return this.#known.size === 0 ? total : total - Math.floor(total * FOR_KNOWN)
  }

  /** Those of the network that holds the most. */
  #largestOf(all: readonly Held[]): readonly Held[] {
    const byNetwork = Map.groupBy(all, (held) => held.network)
    return [...byNetwork.values()].reduce((most, some) => (some.length > most.length ? some : most), [])
  }

  /** The oldest silent one, or one whose handshake takes too long. */
  #dropOneOf(oldestFirst: readonly Held[]): boolean {
    const slow = (held: Held) => this.#nowMs() - held.sinceMs > UNDER_WAY_MS
    const found = oldestFirst.find((held) => held.silent) ?? oldestFirst.find(slow)
    if (found === undefined) return false
    this.#held.delete(found)
    found.drop()
    return true
  }

  #know(network: string): void {
    this.#known.delete(network)
    this.#known.add(network)
    for (const oldest of this.#known) {
      if (this.#known.size <= MOST_KNOWN) break
      this.#known.delete(oldest)
    }
  }
}
