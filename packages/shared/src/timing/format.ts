import type { Measured } from './measured.ts'

/** A duration for people: `850 ms`, `41.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  return `${ms} ms`
}

/** A measured duration with its uncertainty: `41.2 s ± 0.4 s`. */
export function formatMeasured(measured: Measured): string {
  return `${measured.valueMs} ms ± ${measured.uMs} ms`
}
