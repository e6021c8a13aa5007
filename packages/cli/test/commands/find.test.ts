import { ChaosError } from '@chaos-lite/shared'
import type { RunRow, ScheduleView, WebhookView } from '@chaos-lite/shared/api'
import { describe, expect, test } from 'vitest'
import { aGoodStory, ends } from '../../../shared/test/run/stories.ts'
import { RUN_ID, runOf, ulid } from '../../../shared/test/run/support.ts'
import type { Api } from '../../src/client/api.ts'
import type { CommandContext } from '../../src/commands/context.ts'
import { planDrill } from '../../src/commands/drill.ts'
import { abortRun, listRuns, showRun } from '../../src/commands/run.ts'
import { addSchedule, pauseSchedule, removeSchedule } from '../../src/commands/schedule.ts'
import { removeWebhook } from '../../src/commands/webhook.ts'
import { aTerminal } from '../support/a-terminal.ts'

const schedule = (n: number, name: string): ScheduleView => ({
  ...{ scheduleId: ulid(n), clientId: ulid(3), drill: 'dns', name, cron: '0 1 * * *', timeZone: 'UTC', params: {} },
  ...{ paused: true, nextMs: null, lastSlotMs: null, lastOutcome: null, trouble: null },
})
const hook = (n: number): WebhookView => ({ webhookId: ulid(n), url: 'https://hook.example.test/', purpose: '' })

/** A controller with these lists; `asked` is what it is asked to do. */
function aController({ runs = [{ runId: RUN_ID } as RunRow], hooks = [hook(8)], json = false } = {}) {
  const asked: string[] = []
  const schedules = [schedule(1, 'often'), schedule(2, 'twice'), schedule(4, 'twice')]
  const record = { format: 'chaos-lite-record/1', runId: RUN_ID, plan: null, facts: [] }
  const api = {
    session: { url: 'https://chaos.example.test', token: 'x', caFile: null },
    get: async (path: string) => {
      if (path.startsWith('/schedules')) return schedules
      if (path.startsWith('/webhooks')) return hooks
      asked.push(path)
      return path.endsWith('/record') ? record : runOf([...aGoodStory(), ends(400_000, 'passed')])
    },
    page: async (path: string) => {
      asked.push(path)
      return { items: runs, total: String(runs.length), next: null }
    },
    post: async (path: string) => {
      asked.push(path)
      return schedules[0]
    },
    remove: async (path: string) => void asked.push(path),
  } as unknown as Api
  const terminal = aTerminal()
  const context: CommandContext = { terminal, json, signal: new AbortController().signal, api: async () => api }
  return { context, asked, text: () => terminal.written.out.join('\n') }
}

describe('run show', () => {
  test('prints the closing summary; the record only with --json', async () => {
    const people = aController()
    await showRun(people.context, RUN_ID)
    expect(people.text()).toMatch(
      new RegExp(`Failover Friday \\(run ${RUN_ID}\\), 2026-01-0\\d .*\\n\\nPASSED?|PASSED`),
    )
    expect(people.text()).toContain(`Record: https://chaos.example.test/runs/${RUN_ID}`)
    expect(people.text()).not.toMatch(/^\s*\{/)
    const programs = aController({ json: true })
    await showRun(programs.context, RUN_ID)
    expect(JSON.parse(programs.text())).toMatchObject({ format: 'chaos-lite-record/1' })
  })
})

describe('a drill that there is not', () => {
  test('is named with the one that was probably meant', async () => {
    const { context } = aController()
    const get = async () => [{ name: 'erp-stop' }]
    const refuses = async () => {
      throw new ChaosError('not-found', 'There is no drill called "erp-stpo".')
    }
    const knowing = { ...(await context.api()), get, post: refuses } as unknown as Api
    const here = { ...context, api: async () => knowing }
    const near = 'There is no drill called "erp-stpo"; did you mean "erp-stop"?'
    await expect(planDrill(here, 'erp-stpo', {})).rejects.toThrow(near)
    const when = { cron: '0 1 * * *', timeZone: 'UTC', name: 'x', params: {} }
    await expect(addSchedule(here, { drill: 'erp-stpo', ...when })).rejects.toThrow(near)
    await expect(planDrill(here, 'dns', {})).rejects.toThrow('"dns"; see: chaos-lite drill list')
  })
})

describe('names where ids are meant', () => {
  test('of runs: last is the newest', async () => {
    const { context, asked } = aController()
    await showRun(context, 'last')
    expect(asked).toEqual(['/runs?limit=1', `/runs/${RUN_ID}`])
    await abortRun(context, 'last', 'x')
    expect(asked.at(-1)).toBe(`/runs/${RUN_ID}/abort`)
    await expect(showRun(context, 'newest')).rejects.toThrow('There is no run "newest"; see: chaos-lite run list')
    await expect(showRun(aController({ runs: [] }).context, 'last')).rejects.toThrow('There are no runs yet.')
    const all = { limit: 2, status: null, drill: null, host: null, fromMs: null, toMs: null, text: null }
    await expect(listRuns(context, { ...all, before: 'x' })).rejects.toThrow('There is no run "x"')
  })

  test('of schedules: their names, where they are unique', async () => {
    const { context, asked, text } = aController()
    await removeSchedule(context, 'often')
    await pauseSchedule(context, ulid(2), true)
    expect(asked).toEqual([`/schedules/${ulid(1)}`, `/schedules/${ulid(2)}/pause`])
    expect(text()).toContain(`Schedule often (${ulid(1)}) is removed`)
    await expect(removeSchedule(context, 'twice')).rejects.toThrow(`give one id of ${ulid(2)}, ${ulid(4)}.`)
    await expect(removeSchedule(context, 'nonsense')).rejects.toThrow(
      'There is no schedule called "nonsense"; see: chaos-lite schedule list',
    )
    await expect(removeSchedule(context, 'oftne')).rejects.toThrow('"oftne"; did you mean "often"?')
  })

  test('of webhooks: their addresses, where they are unique', async () => {
    const { context, asked } = aController()
    await removeWebhook(context, 'https://hook.example.test/')
    expect(asked).toEqual([`/webhooks/${ulid(8)}`])
    await expect(removeWebhook(context, 'x')).rejects.toThrow('There is no webhook "x"; see: chaos-lite webhook list')
    const two = aController({ hooks: [hook(8), hook(9)] })
    await expect(removeWebhook(two.context, 'https://hook.example.test/')).rejects.toThrow('2 webhooks')
  })
})
