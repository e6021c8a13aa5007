/** The value below which this part of them lies, by the nearest rank: always one that was measured. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const rank = Math.max(1, Math.ceil(part * sorted.length))
  return sorted[rank - 1] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** Milliseconds for people: three digits that mean something. */
export function ms(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`
  return value >= 100 ? `${value.toFixed(0)} ms` : `${value.toFixed(1)} ms`
}

export function times(ratio: number): string {
  return `${ratio.toFixed(ratio >= 10 ? 1 : 2)} ×`
}

/** The system's monotonic clock in milliseconds: the one that agents put into their facts. */
export function monoMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
