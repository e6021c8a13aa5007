/** Work of one key is done one piece after the other, in the order in which it came; other keys do not wait for it. */
export class InOrder {
  readonly #last = new Map<string, Promise<void>>()

  /** Rejects with what this piece threw; the next piece is done all the same. */
  async run(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const now = before.then(work, work)
    this.#last.set(key, now)
    try {
      await now
    } finally {
      if (this.#last.get(key) === now) this.#last.delete(key)
    }
  }
}
