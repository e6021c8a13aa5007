/** The controller's time line: UTC milliseconds, anchored once at start and then carried by the monotonic clock. */
export interface Clock {
  nowMs(): number
}

/** A clock that calendar steps cannot move while the controller runs. */
export function anchoredClock(): Clock {
  const anchorMs = Date.now() - performance.now()
  return { nowMs: () => Math.round(anchorMs + performance.now()) }
}
