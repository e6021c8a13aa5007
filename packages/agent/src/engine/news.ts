import type { RevertOutcome } from './engine.ts'

/** Who wants to hear of changes of the journal. What a listener does never keeps the next record from being rolled back. */
export class News {
  readonly #warn: (message: string, cause: unknown) => void
  readonly #onChange = new Set<() => void>()
  readonly #onReverted = new Set<(outcome: RevertOutcome) => void>()
  readonly #onEffectLost = new Set<(recordId: string, reason: string) => void>()

  constructor(warn: (message: string, cause: unknown) => void) {
    this.#warn = warn
  }

  onChange(listener: () => void): () => void {
    this.#onChange.add(listener)
    return () => this.#onChange.delete(listener)
  }

  onReverted(listener: (outcome: RevertOutcome) => void): () => void {
    this.#onReverted.add(listener)
    return () => this.#onReverted.delete(listener)
  }

  onEffectLost(listener: (recordId: string, reason: string) => void): () => void {
    this.#onEffectLost.add(listener)
    return () => this.#onEffectLost.delete(listener)
  }

  effectLost(recordId: string, reason: string): void {
    for (const listener of this.#onEffectLost) this.#call(() => listener(recordId, reason))
  }

  changed(): void {
    for (const listener of this.#onChange) this.#call(listener)
  }

  reverted(outcome: RevertOutcome): void {
    for (const listener of this.#onReverted) this.#call(() => listener(outcome))
    this.changed()
  }

  #call(listener: () => void): void {
    try {
      listener()
    } catch (thrown) {
      this.#warn('a listener of the engine failed', thrown)
    }
  }
}
