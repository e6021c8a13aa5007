interface FieldError {
  readonly field: string
  readonly value?: string
}

const FIELDS: Readonly<Record<string, readonly [name: string, expected: string]>> = {
  minute: ['minute', '0 to 59'],
  hour: ['hour', '0 to 23'],
  dayOfMonth: ['day of month', '1 to 31, L, LW or 15W'],
  month: ['month', '1 to 12 or JAN to DEC'],
  dayOfWeek: ['weekday', '0 to 7 or SUN to SAT; 5#1 to 5#5 for the first to the fifth Friday, 5L for the last'],
}

/** Why the number of fields is wrong; null: there are five, or it is a nickname. */
export function countMistake(trimmed: string): string | null {
  if (trimmed.startsWith('@')) return null
  const count = trimmed === '' ? 0 : trimmed.split(' ').length
  const wanted = 'give five fields: minute hour day month weekday'
  if (count === 5) return null
  if (count === 6) return `it has six fields; seconds are not offered, ${wanted}`
  return `it has ${count} ${count === 1 ? 'field' : 'fields'}; ${wanted}`
}

/** What the reader of expressions found, as sentences of ours: its own name our fields otherwise, and count six. */
export function fieldMistakes(errors: readonly FieldError[]): string {
  const found = errors.map(({ field, value = '' }) => {
    const known = FIELDS[field]
    if (known !== undefined) return `"${value}" is not a valid ${known[0]} (expected ${known[1]})`
    return value.startsWith('@')
      ? `"${value}" is not a known nickname (expected @yearly, @monthly, @weekly, @daily or @hourly)`
      : 'it has characters that no expression has'
  })
  return found.join('; ')
}
