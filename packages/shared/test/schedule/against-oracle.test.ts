import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cronExpression, slotsAfter } from '../../src/schedule/index.ts'
import { bruteForce, Offsets } from './oracle.ts'

const DAY_MS = 86_400_000
const MARGIN_MS = 4 * DAY_MS

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Pacific/Apia',
  'America/St_Johns',
]
/** Eight of them in seven zones: 56 schedules. */
const expressions = [
  '30 2 * * *',
  '0 0 * * *',
  '*/20 1-3 * * 7',
  '0 16 * 1,4,7,10 5#1',
  '59 23 L * *',
  '15 2,23 LW,15W * *',
  '1 0,12 29 2,3,10 *',
  '45 1 * * 0L,1',
]

function ours(cron: string, zone: string, fromMs: number, toMs: number): number[] {
  const found: number[] = []
  for (const ms of slotsAfter(cronExpression(cron), zone, fromMs)) {
    if (ms > toMs) break
    found.push(ms)
  }
  return found
}

describe('the timetable, compared with trying every minute of the wall clock', () => {
  it.each(zones)(
    'has the same slots over ten years in %s',
    (zone) => {
      const [fromMs, toMs] = [Date.parse('2026-11-22T00:00:00Z'), Date.parse('2036-11-22T00:00:00Z')]
      const offsets = new Offsets(zone, fromMs - MARGIN_MS, toMs + MARGIN_MS)
      for (const cron of expressions)
        expect(ours(cron, zone, fromMs, toMs)).toEqual(bruteForce(cron, offsets, fromMs, toMs))
    },
    60_000,
  )

  it.each([
    ['*/5 * * * *', 'Pacific/Apia', '2011-12-28T00:00:00Z'], // a day that was skipped
    ['*/5 * * * *', 'Australia/Lord_Howe', '2026-10-02T00:00:00Z'],
    ['15,40 2 * * *', 'Australia/Lord_Howe', '2026-10-02T00:00:00Z'],
    ['*/7 * * * *', 'America/St_Johns', '2010-11-05T00:00:00Z'], // clocks changed one minute after midnight
    ['*/7 * * * *', 'America/St_Johns', '2011-03-11T00:00:00Z'],
    ['*/10 * * * *', 'Asia/Beirut', '2026-03-27T00:00:00Z'], // at midnight
    ['*/10 * * * *', 'America/Havana', '2026-10-31T00:00:00Z'],
    ['50 23 * * *', 'America/Sao_Paulo', '2018-11-01T00:00:00Z'],
    ['*/10 * * * *', 'Africa/Casablanca', '2026-02-13T00:00:00Z'], // Ramadan
    ['* * * * *', 'Europe/Dublin', '2026-10-24T00:00:00Z'],
  ])('has the same slots around a change of the clocks: %s in %s', (cron, zone, from) => {
    const fromMs = Date.parse(from)
    const toMs = fromMs + 5 * DAY_MS
    const offsets = new Offsets(zone, fromMs - MARGIN_MS, toMs + MARGIN_MS)
    expect(ours(cron, zone, fromMs, toMs)).toEqual(bruteForce(cron, offsets, fromMs, toMs))
  })

  it('has the same slots for any expression, zone and time', () => {
    const numbers = (min: number, max: number) =>
      fc.oneof(
        fc.constantFrom('*', `*/${Math.ceil((max - min) / 3)}`, `${min}-${max}/2`),
        fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 3 }).map((list) => list.join(',')),
        fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([first, last]) => `${first}-${last}`),
      )
    const dayOfMonth = fc.oneof(numbers(1, 28), fc.constantFrom('L', 'L-2', 'LW', '1W', '30W', '15W,31W', '?'))
    const dayOfWeek = fc.oneof(numbers(0, 6), fc.constantFrom('5L', '7L,1', '1#1', '0#5,3', 'mon-fri', 'sat,SUN', '7'))
    const names = fc.oneof(numbers(1, 12), fc.constantFrom('jan-mar', 'OCT,nov', 'december'))
    fc.assert(
      fc.property(
        fc.tuple(numbers(0, 59), numbers(0, 23), dayOfMonth, names, dayOfWeek),
        fc.constantFrom(...zones, 'America/Havana', 'Asia/Kathmandu', 'Antarctica/Troll'),
        fc.integer({ min: Date.parse('1975-01-01'), max: Date.parse('2037-01-01') }),
        (fields, zone, fromMs) => {
          const cron = fields.join(' ')
          const toMs = fromMs + 120 * DAY_MS
          const offsets = new Offsets(zone, fromMs - MARGIN_MS, toMs + MARGIN_MS)
          expect(ours(cron, zone, fromMs, toMs)).toEqual(bruteForce(cron, offsets, fromMs, toMs))
        },
      ),
      { numRuns: 60 },
    )
  })
})
