import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { connectApi } from '../packages/cli/src/client/index.ts'
import {
  abortRun,
  addSchedule,
  answerQuestion,
  type CommandContext,
  contextOf,
  incidents,
  listDrills,
  listRuns,
  listSchedules,
  login,
  logout,
  pauseSchedule,
  planDrill,
  removeSchedule,
  runDrill,
  showDrill,
  showRun,
  validateDrills,
  watchRunCommand,
} from '../packages/cli/src/commands/index.ts'
import { ExitCode } from '../packages/cli/src/exit-codes.ts'
import { aTerminal } from '../packages/cli/test/support/a-terminal.ts'
import {
  administrator,
  ask,
  drillText,
  openController,
  PASSWORD,
} from '../packages/controller/test/support/controller.ts'
import { temporaryFolder } from '../packages/controller/test/support/temporary-folder.ts'
import { eventually } from '../packages/shared/test/eventually.ts'

const TITLE = 'Ask the people'
const QUESTION = 'Can the release desk still sign off a work order?'
const everyRun = {
  ...{ limit: 20, before: null, status: null, drill: null, host: null, fromMs: null, toMs: null, text: null },
}

/** The command line of the administrator of a real controller, which has one good drill and one with a mistake. */
async function atWork() {
  const drillsFolder = temporaryFolder()
  writeFileSync(join(drillsFolder, 'ask-the-people.yaml'), drillText)
  const bad = drillText.replace('drill: ask-the-people', 'drill: wrong').replace('within: 10m', 'withinn: 10m')
  writeFileSync(join(drillsFolder, 'wrong.yaml'), bad)
  const controller = await openController({ drillsFolder })
  const { authorization = '' } = await administrator(controller)
  const terminal = aTerminal()
  const session = { url: controller.url, token: authorization.replace('Bearer ', ''), caFile: null }
  const api = connectApi(session)
  const context: CommandContext = { terminal, json: false, signal: new AbortController().signal, api: () => api }
  /** What the command printed since the last look. */
  const printed = () => terminal.written.out.splice(0).join('\n')
  return { controller, context, drillsFolder, terminal, printed, headers: { authorization } }
}

describe('drills on the command line', () => {
  test('are listed with their titles, and with how many mistakes their files have', async () => {
    const { context, printed } = await atWork()
    expect(await listDrills(context)).toBe(ExitCode.ok)
    const text = printed()
    expect(text).toMatch(/^DRILL +VERSION +TITLE +NOTE/)
    expect(text).toMatch(new RegExp(`ask-the-people +1 +${TITLE}`))
    expect(text).toMatch(/wrong .*\d mistakes?/)
  })

  test('are shown with their reason and their text; one with mistakes fails', async () => {
    const { context, printed } = await atWork()
    expect(await showDrill(context, 'ask-the-people')).toBe(ExitCode.ok)
    const text = printed()
    expect(text).toContain('Can the release desk still sign off?')
    expect(text).toContain(drillText)
    expect(await showDrill(context, 'wrong')).toBe(ExitCode.failed)
    expect(printed()).toContain('withinn')
    await expect(showDrill(context, 'ask-the-peple')).rejects.toThrow('ask-the-people')
  })

  test('are checked without a controller: each mistake has its place', async () => {
    const { drillsFolder, terminal, printed } = await atWork()
    const api = () => Promise.reject(new Error('nobody is logged in'))
    const context: CommandContext = { terminal, json: false, signal: new AbortController().signal, api }
    const [good, bad] = ['ask-the-people.yaml', 'wrong.yaml'].map((name) => join(drillsFolder, name))
    expect(await validateDrills(context, [good ?? ''])).toBe(ExitCode.ok)
    expect(printed()).toBe(`${good}: no mistakes`)
    expect(await validateDrills(context, [good ?? '', bad ?? ''])).toBe(ExitCode.failed)
    expect(printed()).toContain(`${bad}:9:`)
    await expect(validateDrills(context, [join(drillsFolder, 'none.yaml')])).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})

describe('a run on the command line', () => {
  test('is planned, started, watched and answered to its end, and shown afterwards', async () => {
    const { context, terminal, printed } = await atWork()
    expect(await planDrill(context, 'ask-the-people', {})).toBe(ExitCode.ok)
    expect(printed()).toContain(QUESTION)
    await listRuns(context, everyRun)
    expect(printed()).toBe('No run matches.')
    expect(await runDrill(context, 'ask-the-people', { params: {}, yes: true, detach: true })).toBe(ExitCode.ok)
    const [, runId = ''] = /Run (\w{26}) was started/.exec(printed()) ?? []
    const watching = watchRunCommand(context, 'last')
    const stepId = await eventually(async () => {
      const [, stepId] = new RegExp(`chaos-lite run answer ${runId} (\\S+)`).exec(terminal.written.out.join('\n')) ?? []
      expect(stepId).toBeDefined()
      return stepId ?? ''
    })
    await answerQuestion(context, { runId, stepId, answer: 'yes', note: null })
    expect(await watching).toBe(ExitCode.ok)
    expect(printed()).toContain('Recorded: yes.')
    expect(await showRun(context, runId)).toBe(ExitCode.ok)
    expect(printed()).toContain(`${TITLE} (run ${runId})`)
    await showRun({ ...context, json: true }, runId)
    expect(JSON.parse(printed()).facts.length).toBeGreaterThan(3)
    await listRuns(context, everyRun)
    expect(printed()).toMatch(new RegExp(`${runId} +ask-the-people .*passed`))
  })

  test('that nobody said yes to is not started', async () => {
    const { context, printed } = await atWork()
    await expect(runDrill(context, 'ask-the-people', { params: {}, yes: false, detach: true })).rejects.toThrow(
      'Give --yes to start this plan.',
    )
    printed()
    await listRuns(context, everyRun)
    expect(printed()).toBe('No run matches.')
  })

  test('is aborted with a reason, and says so to who watches', async () => {
    const { context, printed } = await atWork()
    await runDrill(context, 'ask-the-people', { params: {}, yes: true, detach: true })
    const watching = watchRunCommand(context, 'last')
    expect(await abortRun(context, 'last', 'The auditor has come.')).toBe(ExitCode.ok)
    expect(printed()).toContain('Stopping run ')
    expect(await watching).not.toBe(ExitCode.ok)
    await showRun(context, 'last')
    expect(printed()).toContain('The auditor has come.')
  })
})

describe('schedules on the command line', () => {
  test('are added, listed, paused, resumed and removed', async () => {
    const { context, printed } = await atWork()
    const given = { cron: '0 16 * * 5#1', timeZone: 'Europe/Berlin', name: 'Failover Friday', params: {} }
    expect(await addSchedule(context, { drill: 'ask-the-people', ...given })).toBe(ExitCode.ok)
    expect(printed()).toMatch(
      /^Failover Friday \(\w{26}\): next \d{4}-\d\d-\d\d 16:00:00 \+0[12]:00 Europe\/Berlin \(1[45]:00:00 UTC\)/,
    )
    expect(await listSchedules(context)).toBe(ExitCode.ok)
    expect(printed()).toMatch(/Failover Friday +ask-the-people +0 16 \* \* 5#1 +Europe\/Berlin +\d{4}-.* 16:00:00/)
    expect(await pauseSchedule(context, 'Failover Friday', true)).toBe(ExitCode.ok)
    expect(printed()).toBe('Failover Friday is paused.')
    await listSchedules(context)
    expect(printed()).toMatch(/Europe\/Berlin +paused/)
    expect(await pauseSchedule(context, 'Failover Friday', false)).toBe(ExitCode.ok)
    expect(printed()).toMatch(/^Failover Friday: next \d{4}-.* 16:00:00/)
    expect(await removeSchedule(context, 'Failover Friday')).toBe(ExitCode.ok)
    expect(printed()).toContain('is removed; its records stay.')
    await listSchedules(context)
    expect(printed()).not.toContain('Failover Friday')
  })
})

describe('integrity alerts on the command line', () => {
  test('are listed with the host and the reason; none is a sentence', async () => {
    const { context, controller, printed } = await atWork()
    expect(await incidents(context)).toBe(ExitCode.ok)
    expect(printed()).toContain('No integrity alerts')
    const { clientId } = await controller.store.clients.first()
    const nothing = { hostId: null, epoch: null, seq: null, digest: null, line: null }
    const reason = 'The store was restored from a backup.'
    await controller.store.incidents.add({ clientId, kind: 'store restored', ...nothing, reason, atMs: 1_000 })
    await incidents(context)
    expect(printed()).toMatch(/store restored +The store was restored from a backup\./)
  })
})

describe('a log-in on the command line', () => {
  async function atTheDoor() {
    const controller = await openController()
    onTestFinished(() => void vi.unstubAllEnvs())
    vi.stubEnv('XDG_CONFIG_HOME', temporaryFolder())
    for (const name of ['CHAOS_LITE_URL', 'CHAOS_LITE_TOKEN', 'CHAOS_LITE_CA']) vi.stubEnv(name, undefined)
    const terminal = aTerminal()
    const file = join(process.env.XDG_CONFIG_HOME ?? '', 'chaos-lite', 'session.json')
    const context = () => contextOf(terminal, false, new AbortController().signal)
    return { controller, terminal, file, context }
  }

  test('with the one-time password sets a new one, is kept, and ends with the log-out', async () => {
    const { controller, terminal, file, context } = await atTheDoor()
    vi.stubEnv('CHAOS_LITE_PASSWORD', controller.firstPassword ?? '')
    vi.stubEnv('CHAOS_LITE_NEW_PASSWORD', PASSWORD)
    expect(await login(context(), { url: `${controller.url}/`, user: 'admin' })).toBe(ExitCode.ok)
    expect(terminal.written.out).toEqual([`Logged in to ${controller.url} as admin (administrator).`])
    const { token } = JSON.parse(readFileSync(file, 'utf8'))
    const status = async () =>
      (await ask(controller, 'session', { headers: { authorization: `Bearer ${token}` } })).status
    expect(await status()).toBe(200)
    expect(await listDrills(context())).toBe(ExitCode.ok)
    expect(await logout(context())).toBe(ExitCode.ok)
    expect(terminal.written.out.at(-1)).toBe('Logged out.')
    expect(existsSync(file)).toBe(false)
    expect(await status()).toBe(401)
    await expect(listDrills(context())).rejects.toMatchObject({ code: 'not-logged-in' })
  })

  test('with a wrong password, or to another machine without https, is refused, and nothing is kept', async () => {
    const { controller, file, context } = await atTheDoor()
    vi.stubEnv('CHAOS_LITE_PASSWORD', 'wrong')
    await expect(login(context(), { url: controller.url, user: 'admin' })).rejects.toMatchObject({
      code: 'not-logged-in',
    })
    await expect(login(context(), { url: 'http://chaos.example.test', user: 'admin' })).rejects.toThrow('https only')
    expect(existsSync(file)).toBe(false)
  })
})
