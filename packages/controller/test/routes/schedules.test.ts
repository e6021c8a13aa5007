import { ScheduleView } from '@chaos-lite/shared/api'
import { describe, expect, test } from 'vitest'
import { administrator, ask, openController } from '../support/controller.ts'

const FRIDAY = { drill: 'ask-the-people', name: 'Friday', cron: '0 16 * * 5#1', timeZone: 'Europe/Berlin', params: {} }

async function opened() {
  const controller = await openController()
  const headers = await administrator(controller)
  const list = async () => (await ask(controller, 'schedules', { headers })).body
  return { controller, headers, list }
}

describe('schedules', () => {
  test('are added, listed and removed', async () => {
    const { controller, headers, list } = await opened()
    expect(await list()).toEqual([])
    const added = await ask(controller, 'schedules', { headers, body: FRIDAY })
    expect(added).toMatchObject({ status: 201, body: { ...FRIDAY, paused: false, trouble: null } })
    expect(added.body.nextMs).toBeGreaterThan(Date.now())
    expect(await list()).toEqual([ScheduleView.parse(added.body)])
    const path = `schedules/${added.body.scheduleId}`
    expect((await ask(controller, path, { method: 'DELETE', headers })).status).toBe(204)
    expect(await list()).toEqual([])
    expect((await ask(controller, path, { method: 'DELETE', headers })).status).toBe(404)
  })

  test('are paused, and resumed with the next slot', async () => {
    const { controller, headers, list } = await opened()
    const { scheduleId, nextMs } = (await ask(controller, 'schedules', { headers, body: FRIDAY })).body
    const say = (verb: string) => ask(controller, `schedules/${scheduleId}/${verb}`, { method: 'POST', headers })
    expect(await say('pause')).toMatchObject({ status: 200, body: { paused: true, nextMs: null } })
    expect(await list()).toMatchObject([{ scheduleId, paused: true, nextMs: null }])
    expect(await say('resume')).toMatchObject({ status: 200, body: { paused: false, nextMs } })
    expect(await list()).toMatchObject([{ scheduleId, paused: false, nextMs }])
  })

  test('for a drill that is not there, or with an expression that is none, are refused', async () => {
    const { controller, headers, list } = await opened()
    expect((await ask(controller, 'schedules', { headers, body: { ...FRIDAY, drill: 'none' } })).status).toBe(404)
    expect((await ask(controller, 'schedules', { headers, body: { ...FRIDAY, cron: '0 16 * * 8' } })).status).toBe(400)
    expect(await list()).toEqual([])
  })
})

describe('a preview of slots', () => {
  test('is computed in the zone of the expression', async () => {
    const { controller, headers } = await opened()
    const body = {
      ...{ cron: FRIDAY.cron, timeZone: FRIDAY.timeZone, count: 2 },
      fromMs: Date.parse('2026-01-01T00:00:00Z'),
    }
    const preview = await ask(controller, 'schedules/preview', { headers, body })
    const instantsMs = ['2026-01-02T15:00:00Z', '2026-02-06T15:00:00Z'].map((text) => Date.parse(text))
    expect(preview).toMatchObject({ status: 200, body: { instantsMs } })
  })
})
