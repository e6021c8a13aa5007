import type { Measured } from './measured.ts'

/** Seconds with so many decimals as the duration deserves. */
function decimalsFor(ms: number): number {
  return ms < 10 ? 3 : ms < 100 ? 2 : 1
}

function seconds(ms: number, decimals: number): string {
  return `${(ms / 1000).toFixed(decimals)} s`
}

/**
 * A duration for people, rounded to what they can use: `850 ms`, `41.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
 * A part that is zero is left out: `15 min`.
 */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s`
  const parts = [86_400_000, 3_600_000, 60_000, 1000]
  const units = ['d', 'h', 'min', 's']
  const first = parts.findIndex((part) => ms >= part - 50)
  const small = parts[first + 1] ?? 1000
  const rounded = Math.round(ms / small) * small
  const large = parts.findIndex((part) => rounded >= part)
  const largeMs = parts[large] ?? 1000
  const rest = Math.floor((rounded % largeMs) / (parts[large + 1] ?? 1000))
  const head = `${Math.floor(rounded / largeMs)} ${units[large]}`
  return rest === 0 || parts[large + 1] === undefined ? head : `${head} ${rest} ${units[large + 1]}`
}

/**
 * A measured duration with its uncertainty, both in seconds to the decimals that U (k = 2) justifies: `41.2 s ± 0.4 s`.
 * U is rounded up, never down; an exact value (`dataAge`) is given without `±`.
 */
export function formatMeasured(measured: Measured): string {
  const { valueMs, uMs } = measured
  if (uMs === 0) return formatDuration(valueMs)
  const decimals = decimalsFor(uMs)
  const step = 10 ** (3 - decimals)
  return `${seconds(valueMs, decimals)} ± ${seconds(Math.ceil(uMs / step) * step, decimals)}`
}
