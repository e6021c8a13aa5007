/** How instants are written: `timeZone` an IANA name (default: UTC), `locale` a BCP 47 tag (default: en-GB). */
export interface SayOptions {
  readonly timeZone?: string
  readonly locale?: string
}

const MAX_DATE_MS = 8_640_000_000_000_000

/** Making one takes a thousand times as long as using it. Few zones and languages are ever asked for. */
const formatters = new Map<string, Intl.DateTimeFormat>()
const MOST_FORMATTERS = 100

function formatter({ locale = 'en-GB', timeZone = 'UTC' }: SayOptions): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone}`
  const known = formatters.get(key)
  if (known !== undefined) return known
  if (formatters.size >= MOST_FORMATTERS) formatters.clear()
  const made = newFormatter(locale, timeZone)
  formatters.set(key, made)
  return made
}

function newFormatter(locale: string, timeZone: string): Intl.DateTimeFormat {
  const style = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  try {
    return new Intl.DateTimeFormat(locale, { ...style, timeZone })
  } catch {
    // A zone or language this machine does not know must not hide how a host came back.
    return new Intl.DateTimeFormat('en-GB', { ...style, timeZone: 'UTC' })
  }
}

/** The time of day, `14:03`. */
export function clockText(ms: number, options: SayOptions = {}): string {
  return Math.abs(ms) <= MAX_DATE_MS ? formatter(options).format(ms) : 'at an unknown time'
}
