/** Sockets that have not yet proved who they are: at most this many, in all and from one address. */
export interface BudgetLimits {
  readonly total: number
  readonly perAddress: number
}

/** Counts what strangers may hold open, so that they cannot use up the controller. */
export class Budget {
  readonly #limits: BudgetLimits
  readonly #held = new Map<string, number>()
  #total = 0

  constructor(limits: BudgetLimits) {
    this.#limits = limits
  }

  /** A place, to be given back by calling what is returned (once or more); null when there is none. */
  take(address: string): (() => void) | null {
    const held = this.#held.get(address) ?? 0
    if (this.#total >= this.#limits.total || held >= this.#limits.perAddress) return null
    this.#total += 1
    this.#held.set(address, held + 1)
    let given = false
    return () => {
      if (given) return
      given = true
      this.#total -= 1
      const left = (this.#held.get(address) ?? 1) - 1
      if (left === 0) this.#held.delete(address)
      else this.#held.set(address, left)
    }
  }
}
