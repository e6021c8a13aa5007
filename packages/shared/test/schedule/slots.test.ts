import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cronExpression, nextSlot, previewSlots, slotsAfter } from '../../src/schedule/index.ts'

function slots(cron: string, timeZone: string, from: string, count: number): string[] {
  const found: string[] = []
  for (const ms of slotsAfter(cronExpression(cron), timeZone, Date.parse(from))) {
    found.push(new Date(ms).toISOString())
    if (found.length === count) break
  }
  return found
}

describe('the timetable', () => {
  it('finds the first Friday of each quarter at 16:00 in Karachi', () => {
    expect(slots('0 16 * 1,4,7,10 5#1', 'Asia/Karachi', '2026-11-22T00:00:00Z', 5)).toEqual([
      '2027-01-01T11:00:00.000Z',
      '2027-04-02T11:00:00.000Z',
      '2027-07-02T11:00:00.000Z',
      '2027-10-01T11:00:00.000Z',
      '2028-01-07T11:00:00.000Z',
    ])
  })

  it('finds the last Friday of each month', () => {
    expect(slots('30 8 * * 5L', 'UTC', '2026-11-22T00:00:00Z', 3)).toEqual([
      '2026-11-27T08:30:00.000Z',
      '2026-12-25T08:30:00.000Z',
      '2027-01-29T08:30:00.000Z',
    ])
  })

  it('fires a slot that the spring change jumps over as much later as the clocks jumped', () => {
    expect(slots('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:30:00.000Z', // 03:30 summer time
      '2026-03-30T00:30:00.000Z',
    ])
  })

  it('fires a slot that comes twice in autumn the first time only', () => {
    expect(slots('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z', // the first 02:30, still summer time
      '2026-10-26T01:30:00.000Z',
    ])
  })

  it('fires slots that fall together over a gap once', () => {
    expect(slots('0 * * * *', 'Europe/Berlin', '2026-03-29T00:00:00Z', 3)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T02:00:00.000Z',
      '2026-03-29T03:00:00.000Z',
    ])
  })

  it('knows zones whose change is half an hour, and days that a zone skipped', () => {
    expect(slots('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z', 1)).toEqual(['2026-10-03T15:45:00.000Z'])
    expect(slots('0 12 30 12 *', 'Pacific/Apia', '2011-12-01T00:00:00Z', 1)).toEqual(['2011-12-30T22:00:00.000Z'])
  })

  it('finds leap days years ahead, and says when there is no slot at all', () => {
    expect(slots('0 0 29 2 *', 'UTC', '2028-03-01T00:00:00Z', 1)).toEqual(['2032-02-29T00:00:00.000Z'])
    expect(nextSlot(cronExpression('0 0 29 2 1#1'), 'UTC', 0)).toBeNull()
  })

  it.each([
    ['* * * * * *', /seconds are not offered/],
    ['0 24 * * *', /hour/],
    ['0 16 * * 5#6', /: "5#6" is not a valid weekday \(expected 0 to 7 or SUN to SAT; 5#1 to 5#5 /],
    ['* * * *', /it has 4 fields; give five fields: minute hour day month weekday/],
    ['@dayly', /"@dayly" is not a known nickname/],
    ['', /it has 0 fields/],
    ['0-4000000000 * * * *', /no field has a number as large as 4000000000/],
    ['0 0 * * 1'.padEnd(200, ',1'), /more than 120 characters/],
    ['every friday', /not understood/],
  ])('refuses %j and says why', (cron, why) => {
    expect(() => cronExpression(cron)).toThrow(why)
  })

  it('refuses a time zone it does not know', () => {
    expect(() => slots('0 0 * * *', 'Mars/Olympus', '2026-01-01T00:00:00Z', 1)).toThrow(/no time zone "Mars\/Olympus"/)
  })

  it.each(['IST', 'PST', 'BST', 'SST'])('refuses %s, which names several zones, and asks for a whole name', (zone) => {
    const refused = () => slots('0 0 * * *', zone, '2026-01-01T00:00:00Z', 1)
    expect(refused).toThrow(`There is no time zone "${zone}"; give an IANA name such as Europe/Berlin`)
  })

  it.each(['CET', 'est', 'PST8PDT', 'GMT'])(
    'takes %s in what is stored, and refuses the abbreviation in what is new',
    (timeZone) => {
      expect(slots('0 0 * * *', timeZone, '2026-01-01T00:00:00Z', 1)).toHaveLength(1)
      const preview = { cron: '0 0 * * *', fromMs: 0, count: 1 }
      expect(() => previewSlots({ ...preview, timeZone })).toThrow(
        `"${timeZone}" is an abbreviation; give the IANA name`,
      )
      expect(previewSlots({ ...preview, timeZone: 'UTC' })).toHaveLength(1)
    },
  )

  it('takes a line out of a crontab, with tabs between its fields', () => {
    expect(slots('0\t16\t*\t *\t5#1', 'Europe/Berlin', '2026-11-22T00:00:00Z', 1)).toEqual(['2026-12-04T15:00:00.000Z'])
  })

  it('finds a Monday that is 29 February without trying every minute until then', () => {
    const before = process.cpuUsage()
    expect(slots('* * 29 2 1', 'UTC', '2026-11-30T00:00:00Z', 2)).toEqual([
      '2044-02-29T00:00:00.000Z',
      '2044-02-29T00:01:00.000Z',
    ])
    expect(nextSlot(cronExpression('*/5 * 1 1 *'), 'Europe/Berlin', Date.parse('2026-01-02T00:00:00Z'))).toBe(
      Date.parse('2026-12-31T23:00:00Z'),
    )
    // It took minutes; now it is some thousands of months at the most.
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000)
  })

  it('loses no slot that lies before another one which the clocks moved', () => {
    expect(slots('15,40 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z', 2)).toEqual([
      '2026-10-03T15:40:00.000Z', // 02:40
      '2026-10-03T15:45:00.000Z', // 02:15, half an hour later
    ])
  })

  it('always goes forward, and never names a slot twice', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Karachi', 'Australia/Lord_Howe', 'Pacific/Apia']
    fc.assert(
      fc.property(
        fc.constantFrom('*/7 * * * *', '30 2 * * *', '0 0 1 * *', '59 23 L * *', '0 1-4 * * 7'),
        fc.constantFrom(...zones),
        fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2035-01-01') }),
        (cron, zone, fromMs) => {
          let lastMs = fromMs
          let count = 0
          for (const ms of slotsAfter(cronExpression(cron), zone, fromMs)) {
            expect(ms).toBeGreaterThan(lastMs)
            lastMs = ms
            if (++count === 30) break
          }
          expect(count).toBe(30)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a preview', () => {
  const request = { cron: '30 2 * * *', timeZone: 'Europe/Berlin', fromMs: Date.parse('2026-03-28T00:00:00Z') }

  it('is as many slots as were asked for, a clock change among them', () => {
    expect(previewSlots({ ...request, count: 3 }).map((ms) => new Date(ms).toISOString())).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ])
  })

  it('of an expression that never fires is empty, and ends', () => {
    expect(previewSlots({ ...request, cron: '0 0 29 2 1#1', count: 3 })).toEqual([])
    expect(previewSlots({ ...request, cron: '* * 1 * 1#2', count: 1000 })).toEqual([])
  })

  it('says how many dates there are where the search ends before all were found', () => {
    const rare = { ...request, cron: '0 0 29 2 1', timeZone: 'UTC' }
    expect(() => previewSlots({ ...rare, count: 1000 })).toThrow(/fires \d+ times until the year 9999.*1000 dates were/)
    expect(() => previewSlots({ ...rare, fromMs: 8_640_000_000_000_000, count: 1 })).toThrow(/from an earlier date/)
    expect(previewSlots({ ...rare, count: 200 })).toHaveLength(200)
  })
})
