/** One measured figure beside what it is held against. */
export interface Row {
  readonly what: string
  readonly ours: string
  /** What it is measured against in the same run, or `-`. */
  readonly against: string
  readonly result: string
  /** As asked for, such as `at most 3 ×`; `-` where the row only explains another one. */
  readonly target: string
  /** Null where nothing was asked for. */
  readonly met: boolean | null
}

export interface Measured {
  readonly rows: readonly Row[]
  /** How it was measured: sentences for the page. */
  readonly notes: readonly string[]
}

export interface Bench {
  readonly name: string
  readonly title: string
  run(place: Place): Promise<Measured>
}

/** Where a bench may write, on a real disk, and how it says what it is doing. */
export interface Place {
  readonly folder: string
  /** How many rounds were asked for; null: as many as the bench takes by itself. */
  readonly rounds: number | null
  say(sentence: string): void
}
