const MAX_DATE_MS = 8_640_000_000_000_000

/** An instant in sentences of agents and controllers, which know no zone of their reader: `2026-11-30 08:19:54 UTC`. */
export function utcText(ms: number): string {
  if (!(Math.abs(ms) <= MAX_DATE_MS)) return 'an unknown time'
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
