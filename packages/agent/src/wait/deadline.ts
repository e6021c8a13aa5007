/** The two clocks that a deadline is read on. */
export interface DeadlineClock {
  monoMs(): number
  wallMs(): number
}

/** An instant by elapsed time and by the calendar clock: whichever comes first. */
export interface Due {
  readonly monoMs: number
  readonly wallMs: number
}

/** Timers of the runtime stand still while the machine sleeps and know no clock steps: so look again this often. */
const LOOK_EVERY_MS = 1000

/** How long until `due`; 0 when it is past. */
export function remainingMs(clock: DeadlineClock, due: Due): number {
  return Math.max(0, Math.min(due.monoMs - clock.monoMs(), due.wallMs - clock.wallMs()))
}

/** Calls `onDue` once, when `due` has come. Returns the way to cancel it. */
export function atDeadline(clock: DeadlineClock, due: Due, onDue: () => void): () => void {
  let timer: NodeJS.Timeout
  const look = () => {
    const leftMs = remainingMs(clock, due)
    if (leftMs === 0) onDue()
    else timer = setTimeout(look, Math.min(Math.ceil(leftMs), LOOK_EVERY_MS))
  }
  timer = setTimeout(look, 0)
  return () => clearTimeout(timer)
}
