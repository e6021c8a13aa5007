import { Temporal } from 'temporal-polyfill'
import { ChaosError } from '../errors.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Where so few times of a day are wanted, they are worked out one by one. */
const FEW = 2
const OFFSETS_KEPT = 16

/** Throws `request-invalid` for a zone this system does not know. */
function checkTimeZone(timeZone: string): void {
  try {
    // Intl takes abbreviations that mean several zones (IST, PST, BST); Temporal takes whole timestamps. Both must agree.
    new Intl.DateTimeFormat('en', { timeZone })
    zoned(0, timeZone)
  } catch {
    throw new ChaosError(
      'request-invalid',
      `There is no time zone "${timeZone}"; give an IANA name such as Europe/Berlin or Asia/Karachi, not an abbreviation.`,
    )
  }
}

/** Names of the IANA list that are abbreviations: some leave out the summer time of the place one has in mind. */
const ABBREVIATIONS = new Set([
  ...['CET', 'EET', 'MET', 'WET', 'EST', 'MST', 'HST', 'GMT', 'GMT0', 'GMT+0', 'GMT-0', 'UCT', 'PRC', 'ROC', 'ROK'],
  ...['GB', 'NZ', 'W-SU', 'NZ-CHAT', 'EST5EDT', 'CST6CDT', 'MST7MDT', 'PST8PDT'],
])

/** The zone of something new, which an abbreviation does not name well. What is stored already goes on. */
export function checkNewTimeZone(timeZone: string): void {
  checkTimeZone(timeZone)
  if (!ABBREVIATIONS.has(timeZone.toUpperCase())) return
  throw new ChaosError(
    'request-invalid',
    `"${timeZone}" is an abbreviation; give the IANA name of a place, such as Europe/Berlin or Asia/Karachi, or UTC.`,
  )
}

/** The wall clock of one zone. Wall-clock times are given as if they were UTC. */
export class WallClock {
  readonly #timeZone: string
  /** Offsets at full days (UTC): days follow each other, and ask for the same ones. */
  readonly #offsets = new Map<number, number>()

  /** Throws `request-invalid` for a zone this system does not know. */
  constructor(timeZone: string) {
    checkTimeZone(timeZone)
    this.#timeZone = timeZone
  }

  /** Midnight before an instant, by this clock. */
  dayOf(instantMs: number): number {
    const wallMs = instantMs + zoned(instantMs, this.#timeZone).offsetNanoseconds / 1e6
    return Math.floor(wallMs / DAY_MS) * DAY_MS
  }

  /** A wall-clock time to its instant: later over a gap, the earlier of two at a fold (RFC 5545, 3.3.5). */
  instantOf(wallMs: number): number {
    const wall = zoned(wallMs, 'UTC').toPlainDateTime()
    return wall.toZonedDateTime(this.#timeZone, { disambiguation: 'compatible' }).epochMilliseconds
  }

  /** The instants of some minutes of a day, in order, each once. Over a gap, a later minute may be the earlier instant. */
  instantsOn(dayMs: number, minutesOfDay: readonly number[]): number[] {
    const walls = minutesOfDay.map((minute) => dayMs + minute * MINUTE_MS)
    const offsetMs = walls.length <= FEW ? null : this.#steadyOffset(dayMs)
    if (offsetMs !== null) return walls.map((wallMs) => wallMs - offsetMs)
    return [...new Set(walls.map((wallMs) => this.instantOf(wallMs)))].sort((a, b) => a - b)
  }

  /**
   * The zone's offset where no change of the clocks is near this day; null: one is. Offsets reach from -12 to +14 hours, so
   * that every instant of the day lies between these samples; no zone changes twice within a day.
   */
  #steadyOffset(dayMs: number): number | null {
    const [first, ...others] = [-1, 0, 1, 2].map((days) => this.#offsetAt(dayMs + days * DAY_MS))
    return first !== undefined && others.every((other) => other === first) ? first : null
  }

  #offsetAt(utcMs: number): number {
    const known = this.#offsets.get(utcMs)
    if (known !== undefined) return known
    const offsetMs = zoned(utcMs, this.#timeZone).offsetNanoseconds / 1e6
    if (this.#offsets.size >= OFFSETS_KEPT) this.#offsets.clear()
    this.#offsets.set(utcMs, offsetMs)
    return offsetMs
  }
}

function zoned(instantMs: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(timeZone)
}
