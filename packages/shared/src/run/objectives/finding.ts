import type { Measured } from '../../timing/index.ts'

/** What could be measured for one objective, and how; or why nothing could. */
export interface Finding {
  /** Null: not measured; `how` says why. */
  readonly measured: Measured | null
  readonly atLeast: boolean
  readonly how: string
}

/** A value measured from its beginning to its end. */
export function found(measured: Measured, how: string): Finding {
  return { measured, atLeast: false, how }
}

/** Still going on when last seen: the true value is this or more. */
export function soFar(measured: Measured, how: string): Finding {
  return { measured, atLeast: true, how }
}

/** No value: null is neither zero nor within a target. `why` continues the sentence "Not measured: …". */
export function notMeasured(why: string): Finding {
  return { measured: null, atLeast: false, how: `Not measured: ${why}` }
}

/** The one that took longest; nothing when there is none. */
export function longest<T extends { readonly measured: Measured }>(ones: readonly T[]): T | null {
  return ones.reduce<T | null>(
    (worst, one) => (worst === null || one.measured.valueMs > worst.measured.valueMs ? one : worst),
    null,
  )
}
