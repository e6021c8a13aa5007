import { ChaosError } from '@chaos-lite/shared'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StoredRunBook } from '../../../src/services/book.ts'
import type { Runs } from '../../../src/services/runs.ts'
import { drillTrouble } from '../../../src/services/schedule/drill-trouble.ts'
import { Timetable } from '../../../src/services/schedule/timetable.ts'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { sqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'

const NOON = Date.parse('2026-11-20T12:00:00Z')
const HOUR = 3_600_000

/** A timetable over a real store, with a clock that is set by hand and a planner that refuses. */
async function aTimetable() {
  const database = openSqlite(':memory:')
  const store = sqliteStore(database)
  const { clientId } = await store.clients.first()
  const time = { nowMs: NOON }
  const clock = { nowMs: () => time.nowMs }
  const log = pino({ level: 'silent' })
  const planned: string[] = []
  const notices: string[] = []
  /** What is wrong with the drill of the schedules. */
  const drill: { trouble: string | null } = { trouble: null }
  const plan = { refusal: new ChaosError('plan-refused', 'The plan was refused: web-1: is offline.') }
  const make = () =>
    new Timetable({
      store,
      clock,
      log,
      book: new StoredRunBook(store, clock),
      runs: { start: () => Promise.reject(new Error('not planned')) } as unknown as Runs,
      plan: async ({ drill }) => {
        planned.push(drill)
        throw plan.refusal
      },
      onMissed: ({ summary }) => void notices.push(summary),
      titleOf: (drill) => {
        if (drill !== 'failover') throw new ChaosError('not-found', `There is no drill ${drill}.`)
        return 'Failover'
      },
      troubleOf: () => drill.trouble,
      lastsAtMostMs: async (_drill, params) => {
        if (params.standby === undefined) return 20 * 60_000
        const items = [{ where: 'standby', message: 'standby is no address', rule: null }]
        throw new ChaosError('param-invalid', 'These parameters do not fit.', { items })
      },
    })
  const hourly = { drill: 'failover', params: {}, cron: '0 * * * *', timeZone: 'UTC', name: 'hourly' }
  const records = async () =>
    (await store.runs.ofClient(clientId, { limit: 200, before: null })).map(({ outcome, summary }) => ({
      outcome,
      summary,
    }))
  return { database, store, clientId, time, make, hourly, records, planned, notices, drill, plan }
}

let world: Awaited<ReturnType<typeof aTimetable>>
beforeEach(async () => {
  world = await aTimetable()
})
afterEach(() => world.store.close())

describe('the timetable', () => {
  it('answers no slot of a time that a restored store knows nothing about, and says so in its record', async () => {
    const { database, store, clientId, time, make, hourly, planned, records } = world
    await make().add(hourly, clientId)
    const slotMs = NOON + HOUR
    // Within the grace: without the restore this slot would be answered now.
    database.prepare('INSERT INTO restores VALUES (?, ?, 0, 1)').run(slotMs + 1_000, NOON + 60_000)
    time.nowMs = slotMs + 60_000
    const table = make()
    await table.start()
    await table.close()
    expect(planned).toEqual([])
    expect(await records()).toMatchObject([{ outcome: 'missed' }])
    const [row] = await store.runs.ofClient(clientId, { limit: 1, before: null })
    const said = (await store.facts.ofRun(row?.runId ?? '')).map(({ fact }) => JSON.stringify(fact.event)).join()
    expect(said).toContain('restored from a backup')
    // The next one is answered.
    time.nowMs = slotMs + HOUR + 1_000
    await table.look()
    expect(planned).toEqual(['failover'])
  })

  it('ends a slot whose hosts are offline as a skipped record that says why', async () => {
    const table = world.make()
    await table.add(world.hourly, world.clientId)
    world.time.nowMs = NOON + HOUR + 1000
    await table.look()
    expect(await world.records()).toMatchObject([
      { outcome: 'skipped', summary: expect.stringContaining('is offline') },
    ])
  })

  it('ends slots that passed while the controller was down as missed records, one each', async () => {
    await world.make().add(world.hourly, world.clientId)
    world.time.nowMs = NOON + 3 * HOUR + 10 * 60_000
    await world.make().look()
    expect((await world.records()).map(({ outcome }) => outcome)).toEqual(['missed', 'missed', 'missed'])
    expect(world.planned).toEqual([])
    expect(world.notices[0]).toContain('due at 2026-11-20 13:00:00 UTC and was missed')
  })

  it('never answers a slot twice: not after a restart, and not when the clock is set back', async () => {
    const table = world.make()
    await table.add(world.hourly, world.clientId)
    world.time.nowMs = NOON + HOUR
    await table.look()
    await world.make().look()
    world.time.nowMs = NOON - HOUR
    await table.look()
    world.time.nowMs = NOON + HOUR + 30_000
    await table.look()
    expect(world.planned).toEqual(['failover'])
  })

  it('two controllers on one store answer a slot once', async () => {
    const [first, second] = [world.make(), world.make()]
    await first.add(world.hourly, world.clientId)
    world.time.nowMs = NOON + HOUR
    await Promise.all([first.look(), second.look()])
    expect(world.planned).toHaveLength(1)
  })

  it('a paused schedule does nothing, and resumes with the next slot', async () => {
    const table = world.make()
    const { scheduleId } = await table.add(world.hourly, world.clientId)
    expect(await table.setPaused(scheduleId, true, [world.clientId])).toMatchObject({ paused: true, nextMs: null })
    world.time.nowMs = NOON + 2 * HOUR + 1000
    await table.look()
    expect(await table.setPaused(scheduleId, false, [world.clientId])).toMatchObject({ nextMs: NOON + 3 * HOUR })
    await table.look()
    expect(await world.records()).toEqual([])
  })

  it('after a very long absence the number of records is bounded, and the first one counts the rest', async () => {
    await world.make().add(world.hourly, world.clientId)
    world.time.nowMs = NOON + 100 * HOUR + 10 * 60_000
    await world.make().look()
    const records = await world.records()
    expect(records).toHaveLength(50)
    expect(records.at(-1)?.summary).toContain('50 earlier slots')
  })

  it('refuses a schedule for a drill that does not exist, and one that never fires', async () => {
    const table = world.make()
    await expect(table.add({ ...world.hourly, drill: 'failovr' }, world.clientId)).rejects.toThrow(/no drill failovr/)
    await expect(table.add({ ...world.hourly, cron: '0 0 29 2 1#1' }, world.clientId)).rejects.toThrow(
      /never|ever comes/,
    )
  })

  it('refuses a schedule whose parameters the drill does not take', async () => {
    const request = { ...world.hourly, params: { standby: 'x' } }
    await expect(world.make().add(request, world.clientId)).rejects.toMatchObject({ code: 'param-invalid' })
    expect(await world.store.schedules.all()).toEqual([])
  })

  it.each(['*/1 * * * *', '* * * * *', '0,15 * * * *', '50,59 23 * * *'])(
    'refuses dates that come while the drill of the date before may still run: %s',
    async (cron) => {
      await expect(world.make().add({ ...world.hourly, cron }, world.clientId)).rejects.toMatchObject({
        code: 'request-invalid',
        message: expect.stringMatching(/comes again after (?:1|9|15) min.*may take 20 min/),
      })
    },
  )

  it.each(['0,20,40 * * * *', '50 23 * * *', '10 0 29 2 *'])('takes dates with room between them: %s', async (cron) => {
    await world.make().add({ ...world.hourly, cron }, world.clientId)
    expect(await world.store.schedules.all()).toHaveLength(1)
  })

  it('says in the record of a skipped date all that was wrong', async () => {
    const items = [
      { where: 'standby', message: 'standby has no value and no default', rule: null },
      { where: 'port', message: 'port is no whole number', rule: null },
      { where: 'erp-2', message: 'is offline', rule: null },
    ]
    world.plan.refusal = new ChaosError('param-invalid', 'These parameters do not fit.', { items })
    const table = world.make()
    await table.add(world.hourly, world.clientId)
    world.time.nowMs = NOON + HOUR
    await table.look()
    const [row] = await world.store.runs.ofClient(world.clientId, { limit: 1, before: null })
    const said = (await world.store.facts.ofRun(row?.runId ?? '')).map(({ fact }) => JSON.stringify(fact.event)).join()
    expect(said).toContain(
      'These parameters do not fit. standby has no value and no default; port is no whole number; erp-2: is offline',
    )
  })
})

describe('a slot whose record finds no room', () => {
  it('gets its record when there is room, once', async () => {
    const table = world.make()
    await table.add(world.hourly, world.clientId)
    world.database.exec("CREATE TRIGGER full BEFORE INSERT ON facts BEGIN SELECT RAISE(ABORT, 'no room'); END")
    world.time.nowMs = NOON + HOUR + 1000
    await table.look()
    await table.look()
    expect(await world.records()).toEqual([])
    world.database.exec('DROP TRIGGER full')
    await table.look()
    await table.look()
    expect(await world.records()).toMatchObject([
      { outcome: 'skipped', summary: expect.stringContaining('is offline') },
    ])
    expect(world.planned).toEqual(['failover'])
  })

  it('is never left as a record without an end', async () => {
    const table = world.make()
    await table.add(world.hourly, world.clientId)
    const isEnd = "NEW.line LIKE '%run.ended%'"
    world.database.exec(`CREATE TRIGGER full BEFORE INSERT ON facts WHEN ${isEnd} BEGIN SELECT RAISE(ABORT, 'no'); END`)
    world.time.nowMs = NOON + HOUR + 1000
    await table.look()
    expect(await world.store.runs.unended()).toEqual([])
    world.database.exec('DROP TRIGGER full')
    await table.look()
    expect(await world.records()).toMatchObject([{ outcome: 'skipped' }])
  })
})

describe('a slot over which the controller dies', () => {
  /** Claimed at one o'clock, by a controller that is heard of no more. */
  async function claimed() {
    const { scheduleId } = await world.make().add(world.hourly, world.clientId)
    world.time.nowMs = NOON + HOUR + 1000
    expect(await world.store.schedules.claim(scheduleId, NOON + HOUR, NOON + 2 * HOUR)).toBe(true)
    return scheduleId
  }

  it('is a missed record after the next start, once, and people are notified', async () => {
    await claimed()
    for (const table of [world.make(), world.make()]) {
      await table.start()
      await table.close()
    }
    expect(await world.records()).toMatchObject([
      { outcome: 'missed', summary: expect.stringContaining('the controller stopped while it started this drill') },
    ])
    expect(world.notices).toEqual([expect.stringContaining('due at 2026-11-20 13:00:00 UTC and was missed')])
    expect(world.planned).toEqual([])
  })

  it('gets no second record where the first one was stored a moment before', async () => {
    const table = world.make()
    const { scheduleId } = await table.add(world.hourly, world.clientId)
    world.time.nowMs = NOON + HOUR + 1000
    await table.look()
    world.database.prepare('UPDATE schedules SET open_slot_ms = last_slot_ms').run()
    const next = world.make()
    await next.start()
    await next.close()
    expect(await world.records()).toMatchObject([{ outcome: 'skipped' }])
    expect((await world.store.schedules.byId(scheduleId))?.openSlotMs).toBeNull()
  })

  it('is reported even when it had waited for room on the disk', async () => {
    const table = world.make()
    await table.add(world.hourly, world.clientId)
    world.database.exec("CREATE TRIGGER full BEFORE INSERT ON facts BEGIN SELECT RAISE(ABORT, 'no room'); END")
    world.time.nowMs = NOON + HOUR + 1000
    await table.look()
    // No other slot is taken before this one has its record.
    world.time.nowMs = NOON + 2 * HOUR + 1000
    await table.look()
    world.database.exec('DROP TRIGGER full')
    const next = world.make()
    await next.start()
    await next.close()
    expect((await world.records()).map(({ outcome }) => outcome).sort()).toEqual(['missed', 'skipped'])
  })

  it('is skipped over when the schedule was paused, and leaves nothing open', async () => {
    const table = world.make()
    const { scheduleId } = await table.add(world.hourly, world.clientId)
    await table.setPaused(scheduleId, true, [world.clientId])
    world.time.nowMs = NOON + 2 * HOUR + 1000
    await table.setPaused(scheduleId, false, [world.clientId])
    expect(await world.store.schedules.byId(scheduleId)).toMatchObject({
      nextSlotMs: NOON + 3 * HOUR,
      openSlotMs: null,
    })
  })
})

describe('a row that cannot be understood', () => {
  it.each([
    ["cron = 'every friday'", /every friday.*not understood.*Remove this schedule and add it again\.$/],
    ["cron = '* * 1 * 1#2'", /names no time that ever comes/],
    ["cron = '0-4000000000 * * * *'", /no field has a number as large/],
    ["time_zone = 'IST'", /no time zone "IST".*Remove this schedule/],
    ["params = 'x{'", /parameters cannot be read/],
    ["params = '[1]'", /parameters cannot be read/],
  ])('with %s is shown with its reason, fires nothing and stops no other', async (values, reason) => {
    const table = world.make()
    const { scheduleId } = await table.add({ ...world.hourly, name: 'bad' }, world.clientId)
    await table.add({ ...world.hourly, drill: 'failover', name: 'good' }, world.clientId)
    world.database.prepare(`UPDATE schedules SET ${values} WHERE schedule_id = ?`).run(scheduleId)
    const next = world.make()
    await next.start()
    world.time.nowMs = NOON + HOUR + 1000
    await next.look()
    await next.close()
    expect(world.planned).toEqual(['failover'])
    const bad = (await world.store.schedules.all()).find((one) => one.scheduleId === scheduleId)
    expect(bad && next.view(bad)).toMatchObject({ nextMs: null, trouble: expect.stringMatching(reason) })
  })

  it.each([
    ['that is not there any more', null, /There is no drill "dns" any more.*remove this schedule/],
    ['with mistakes', ['line 3: no'], /mistakes.*Correct its file: line 3: no$/],
    ['with several', ['line 3: no', 'line 4: no'], /line 3: no \(and 1 more\)$/],
  ])('for a drill %s says so, and the way out', (_what, mistakes, says) => {
    const view = () => {
      if (mistakes === null) throw new Error('There is no such drill.')
      return { mistakes }
    }
    expect(drillTrouble(view, 'dns')).toMatch(says)
    expect(drillTrouble(() => ({ mistakes: [] }), 'dns')).toBeNull()
  })

  it('for a drill that has gone is listed with the reason, and comes back with the drill', async () => {
    const table = world.make()
    const { scheduleId } = await table.add(world.hourly, world.clientId)
    const stored = await world.store.schedules.byId(scheduleId)
    if (stored === null) throw new Error('The schedule was not stored.')
    world.drill.trouble = 'Its drill is gone.'
    expect(table.view(stored)).toMatchObject({ nextMs: null, trouble: 'Its drill is gone.' })
    world.drill.trouble = null
    expect(table.view(stored)).toMatchObject({ nextMs: NOON + HOUR, trouble: null })
  })

  it('is looked at again at the next start: what is understood by then fires', async () => {
    const table = world.make()
    const { scheduleId } = await table.add(world.hourly, world.clientId)
    world.database.exec("UPDATE schedules SET trouble = 'no such zone', next_slot_ms = NULL")
    await table.start()
    await table.close()
    expect(await world.store.schedules.byId(scheduleId)).toMatchObject({ trouble: null, nextSlotMs: NOON + HOUR })
  })
})

describe('a look at the calendar', () => {
  it('reads only what is due', async () => {
    const table = world.make()
    await table.add(world.hourly, world.clientId)
    await table.add({ ...world.hourly, cron: '0 0 29 2 1', name: 'rare' }, world.clientId)
    world.time.nowMs = NOON + HOUR + 1000
    const due = (await world.store.schedules.due(world.time.nowMs, 10)).map(({ name }) => name)
    expect(due).toEqual(['hourly'])
    await table.look()
    expect(await world.store.schedules.due(world.time.nowMs, 10)).toEqual([])
  })

  it('takes over the rows of an older version, which have no next slot yet', async () => {
    const table = world.make()
    await table.add(world.hourly, world.clientId)
    world.database.exec('UPDATE schedules SET next_slot_ms = NULL, since_ms = NULL')
    world.time.nowMs = NOON + HOUR + 1000
    await table.start()
    await table.close()
    expect(world.planned).toEqual(['failover'])
  })
})
