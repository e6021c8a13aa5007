/** Jobs of several people, taken in turn: who asks for much waits for themselves. */
export class FairQueue<Job> {
  readonly #perKey: number
  readonly #total: number
  /** In the order in which their turn comes. */
  readonly #waiting = new Map<string, Job[]>()
  #size = 0

  constructor(limits: { readonly perKey: number; readonly total: number }) {
    this.#perKey = limits.perKey
    this.#total = limits.total
  }

  /** False: there is no room for one more of this key, or at all. `always`: it is not counted against anybody. */
  add(key: string, job: Job, { always = false } = {}): boolean {
    const own = this.#waiting.get(key) ?? []
    if (!always && (own.length >= this.#perKey || this.#size >= this.#total)) return false
    own.push(job)
    this.#waiting.set(key, own)
    this.#size += 1
    return true
  }

  /** The next job of the next key that `may` have its turn; null: there is none. */
  take(may: (key: string) => boolean): { readonly key: string; readonly job: Job } | null {
    for (const [key, jobs] of this.#waiting) {
      const [job] = jobs
      if (job === undefined || !may(key)) continue
      this.#waiting.delete(key)
      // Behind all others.
      if (jobs.length > 1) this.#waiting.set(key, jobs.slice(1))
      this.#size -= 1
      return { key, job }
    }
    return null
  }

  /** Everything that waits, which then waits no more. */
  drain(): Job[] {
    const all = [...this.#waiting.values()].flat()
    this.#waiting.clear()
    this.#size = 0
    return all
  }
}
