import { describe, expect, it } from 'vitest'
import { type AxisLabel, axisLabels, labelPx } from '../../src/pages/run/model/axis.ts'

const FROM = Date.UTC(2026, 9, 25, 0, 30, 7, 300)
const SPANS = [900, 12_000, 61_000, 900_000, 7_200_000, 172_800_000, 3_000_000_000]
/** What is left of a pixel by calculating with fractions. */
const A_HAIR = 0.01
const WIDTHS = Array.from({ length: 50 }, (_, n) => n * 27)

/** As a browser of that language and zone writes a time of day. */
function clockIn(locale: string, timeZone: string, hourCycle: 'h12' | 'h23'): (ms: number) => string {
  const options = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle, timeZone } as const
  const format = new Intl.DateTimeFormat(locale, { ...options, timeZoneName: 'short' })
  return (ms) => format.format(ms)
}

const CLOCKS = [
  { name: 'UTC', textOf: clockIn('en-GB', 'UTC', 'h23') },
  { name: 'a zone without a name of its own', textOf: clockIn('en-GB', 'Asia/Kolkata', 'h23') },
  { name: 'twelve hours', textOf: clockIn('en-US', 'Asia/Kathmandu', 'h12') },
  { name: 'a zone whose name changes in the night', textOf: clockIn('en-GB', 'Europe/Berlin', 'h23') },
  { name: 'characters that are wide', textOf: clockIn('ja-JP-u-nu-fullwide', 'Asia/Tokyo', 'h12') },
  { name: 'another script', textOf: clockIn('fa-IR', 'Asia/Tehran', 'h23') },
]

function edgesOf({ percent, side, text }: AxisLabel, widthPx: number): { start: number; end: number } {
  const at = (percent / 100) * widthPx
  const room = labelPx(text)
  return side === 'after' ? { start: at, end: at + room } : { start: at - room, end: at }
}

describe.each(CLOCKS)('the time axis with $name', ({ textOf }) => {
  const drawn = SPANS.flatMap((span) =>
    WIDTHS.map((widthPx) => {
      const labels = axisLabels({ fromMs: FROM, toMs: FROM + span }, widthPx, textOf)
      return { span, widthPx, labels, edges: labels.map((one) => edgesOf(one, widthPx)) }
    }),
  )

  it('keeps every label inside, whatever its width', () => {
    const outside = drawn.filter(({ edges, widthPx }) =>
      edges.some(({ start, end }) => start < -A_HAIR || end > widthPx + A_HAIR),
    )
    expect(outside).toEqual([])
  })

  it('lets no label reach into the next', () => {
    const overlapping = drawn.filter(({ edges }) =>
      edges.some(({ start }, n) => start < (edges[n - 1]?.end ?? 0) - A_HAIR),
    )
    expect(overlapping).toEqual([])
  })

  it('has round times only, and one at least where two have room', () => {
    expect(drawn.flatMap(({ labels }) => labels).filter(({ ms }) => ms % 1000 !== 0)).toEqual([])
    const roomy = drawn.filter(({ span, widthPx }) => span >= 12_000 && widthPx >= 2 * labelPx(textOf(FROM)) + 20)
    expect(roomy.filter(({ labels }) => labels.length === 0)).toEqual([])
  })
})

it('has no label where not even one has room', () => {
  expect(axisLabels({ fromMs: FROM, toMs: FROM + 60_000 }, 50, () => '14:03:05 GMT+5:30')).toEqual([])
  expect(axisLabels({ fromMs: FROM, toMs: FROM + 60_000 }, 0, () => '')).toEqual([])
})
