import { placeOf, type Timeline } from './timeline.ts'

/** A time below the picture. Its text stands after its tick, or before it where the picture ends too soon. */
export interface AxisLabel {
  readonly ms: number
  readonly text: string
  readonly percent: number
  readonly side: 'after' | 'before'
}

const DAY_MS = 86_400_000
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400].map((s) => s * 1000)

/** Rather too much than too little for text of 12 px: which font draws it is not known here. */
const PLAIN_PX = 8
const OTHER_PX = 13
/** Between two labels, with the line of the tick. */
const GAP_PX = 12

/** So much room a label is given. */
export function labelPx(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters of ASCII, of which none is wide
  return [...text].reduce((sum, one) => sum + (/[\x00-\x7f]/.test(one) ? PLAIN_PX : OTHER_PX), GAP_PX)
}

function roundInstants({ fromMs, toMs }: Pick<Timeline, 'fromMs' | 'toMs'>, step: number): number[] {
  const first = Math.ceil(fromMs / step) * step
  return Array.from({ length: Math.max(0, Math.floor((toMs - first) / step) + 1) }, (_, n) => first + n * step)
}

/**
 * The labels that have room side by side in `widthPx`, at round instants. None reaches over an edge or into another: one
 * without room is left out.
 */
export function axisLabels(
  timeline: Pick<Timeline, 'fromMs' | 'toMs'>,
  widthPx: number,
  textOf: (ms: number) => string,
): AxisLabel[] {
  const { fromMs, toMs } = timeline
  const span = toMs - fromMs
  // The name of the zone may be another one at the end, when the clocks are changed meanwhile.
  const roomPx = Math.max(labelPx(textOf(fromMs)), labelPx(textOf(toMs)))
  if (span <= 0 || widthPx < roomPx) return []
  const needed = (span * roomPx) / widthPx
  const step = STEPS_MS.find((one) => one >= needed) ?? Math.ceil(needed / DAY_MS) * DAY_MS
  const labels: AxisLabel[] = []
  let freePx = 0
  for (const ms of roundInstants(timeline, step)) {
    const percent = placeOf(timeline, ms)
    const atPx = (percent / 100) * widthPx
    const side = atPx + roomPx <= widthPx ? 'after' : 'before'
    if (side === 'before' && atPx - roomPx < freePx) continue
    labels.push({ ms, text: textOf(ms), percent, side })
    freePx = side === 'after' ? atPx + roomPx : atPx
  }
  return labels
}
