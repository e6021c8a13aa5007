import { formatDuration, type ProbeValue } from '@chaos-lite/shared'

const FIRST_FIELDS = ['status', 'error', 'state', 'active', 'addresses', 'address', 'ok', 'free', 'ageMs'] as const
const MOST_CHARS = 34

function wordOf(field: string, value: ProbeValue[string] | undefined): string {
  if (typeof value === 'boolean') return value ? field : `not ${field}`
  return String(value)
}

/** The newest answer of a probe in a few characters: its most informative field, and how long the probe took. */
export function valueText(value: ProbeValue, tookMs: number): string {
  const field = FIRST_FIELDS.find((name) => value[name] !== undefined && value[name] !== null)
  const whole = field === undefined ? '' : wordOf(field, value[field])
  const short = whole.length > MOST_CHARS ? `${whole.slice(0, MOST_CHARS - 1)}…` : whole
  return short === '' ? formatDuration(tookMs) : `${short}, ${formatDuration(tookMs)}`
}
