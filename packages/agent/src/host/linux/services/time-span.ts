const unitMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  month: 2_629_800_000,
  y: 31_557_600_000,
}

/** A time span as systemd prints it (`man 7 systemd.time`), such as `1min 30s` or `infinity`, in milliseconds. */
export function timeSpanMs(text: string): number {
  const parts = text.trim().split(/\s+/)
  let total = 0
  for (const part of parts) {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)([a-z]+)?$/.exec(part) ?? []
    const factor = unit === undefined ? 0.001 : unitMs[unit]
    if (amount === undefined || factor === undefined) return Number.POSITIVE_INFINITY
    total += Number(amount) * factor
  }
  return Math.ceil(total)
}
