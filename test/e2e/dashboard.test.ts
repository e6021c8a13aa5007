import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { NewHost } from '../../packages/controller/src/store/stored.ts'
import { keepFailure, keepLooks } from './support/looks.ts'
import { type Opened, openDashboard } from './support/open-dashboard.ts'
import { firstLogIn, planFailover, startPlan } from './support/steps.ts'

/** What has come over the network so far, as it was sent. */
async function loadedBytes(page: Page): Promise<number> {
  return page.evaluate(() => {
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    return entries.reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0)
  })
}

describe('the dashboard, on a real controller with real agents', () => {
  let opened: Opened
  beforeAll(async () => {
    opened = await openDashboard('dashboard')
  })
  afterAll(() => opened?.[Symbol.asyncDispose]())
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepFailure(opened.window, task.name)
    expect(opened.window.complaints).toEqual([])
  })

  it('lets the administrator in with the one-time password, and asks for another at once', async () => {
    const { demo, window } = opened
    await window.page.goto(demo.url)
    await window.page.getByRole('heading', { name: 'Log in' }).waitFor()
    await keepLooks(window.page, 'log-in')
    await firstLogIn(window.page, demo.url, demo.password ?? '')
    await window.page.getByText('No drill was run yet').waitFor()
    expect(await loadedBytes(window.page)).toBeLessThan(300_000)
    await keepLooks(window.page, 'runs-empty')
  })

  it('shows the hosts, and what each may do', async () => {
    const { demo, window } = opened
    const { page } = window
    await page.getByRole('link', { name: 'Hosts' }).first().click()
    for (const { name } of demo.hosts) await page.getByRole('link', { name }).waitFor()
    await expect.poll(() => page.getByText('Online', { exact: true }).count()).toBe(3)
    await keepLooks(page, 'hosts')
    await page.getByRole('link', { name: 'erp-primary' }).click()
    await page.getByRole('heading', { name: 'What may be drilled here' }).waitFor()
    await page.getByText('Reported by the agent:').waitFor()
    await page.getByText(/thread/).waitFor()
    await keepLooks(page, 'host')
  })

  it('makes a token and the command that enrols a host', async () => {
    const { page } = opened.window
    await page.goto(`${opened.demo.url}/hosts`)
    await page.getByRole('button', { name: 'Add a host' }).click()
    await page.getByRole('textbox', { name: 'Labels' }).fill('role: workstation')
    await page.getByRole('button', { name: 'Make a token' }).click()
    await page.getByText(/sudo sh install-agent\.sh .*--sha256 DIGEST --controller http/).waitFor()
    await keepLooks(page, 'add-host', { fullPage: false })
    await page.keyboard.press('Escape')
  })

  it('refuses a plan with the reason, and names the parameter that is wrong', async () => {
    const { page } = opened.window
    await planFailover(page, opened.demo, { service: 'another' }, 'The plan was refused')
    await page
      .getByText(/another/)
      .last()
      .waitFor()
    await keepLooks(page, 'drill-refused')
    const standby = page.locator('[data-field="standby"]')
    await standby.fill('no address')
    await standby.blur()
    await page.getByText(/parameter `standby`: .*expected an IPv4 or IPv6 address/).waitFor()
    await page.getByRole('button', { name: 'Show the plan' }).click()
    await page.getByText('No plan was requested: 1 parameter has a mistake.').waitFor()
    expect(await standby.evaluate((field) => field === document.activeElement)).toBe(true)
    await keepLooks(page, 'drill-mistake', { fullPage: false })
  })

  it('plans a drill, runs it for real, and shows it live to its end', async () => {
    const { demo, window } = opened
    const { page } = window
    await page.goto(`${demo.url}/drills`)
    await page.getByRole('link', { name: /Failover Friday/ }).waitFor()
    await keepLooks(page, 'drills')
    await planFailover(page, demo)
    await keepLooks(page, 'drill-plan')
    await startPlan(page)
    await page.getByRole('button', { name: 'I saw this alert' }).click()
    await page.getByRole('button', { name: 'Partly' }).waitFor()
    await page.getByText(/Impact confirmed by switch-name-effect/).waitFor()
    await keepLooks(page, 'run-live')
    await page.getByRole('textbox', { name: 'Note to the answer' }).fill('The label printer needed a second try.')
    await page.getByRole('button', { name: 'Yes' }).click()
    await page.getByRole('heading', { name: 'Passed' }).waitFor({ timeout: 60_000 })
    await keepLooks(page, 'run-passed')
    // Only a focus by keyboard shows it.
    await page.keyboard.press('Tab')
    await page.locator('time[tabindex="0"]').first().focus()
    await page
      .getByRole('tooltip')
      .getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)
      .waitFor()
    await page.getByText('Rolled back, identical').first().waitFor()
  })

  it('keeps a drill on a timetable, after showing its next dates', async () => {
    const { page } = opened.window
    await page.goto(`${opened.demo.url}/schedules`)
    await page.getByRole('button', { name: 'Add a schedule' }).first().click()
    await page.getByRole('combobox', { name: 'Drill' }).click()
    await page.getByRole('option', { name: /Failover Friday/ }).click()
    await page.getByRole('textbox', { name: /Where should it point/ }).fill('192.0.2.20')
    await page
      .getByText(/Fri, .*16:00/)
      .first()
      .waitFor()
    const zone = page.getByRole('combobox', { name: 'Time zone' })
    await zone.fill('E')
    await page.getByRole('option', { name: 'Europe/Berlin' }).waitFor()
    await zone.fill('no such zone')
    await page.getByText('No such time zone').waitFor()
    await zone.fill('kolk')
    await page.getByRole('option', { name: 'Asia/Kolkata' }).click()
    await page
      .getByText(/Fri, .*16:00 \+05:30/)
      .first()
      .waitFor()
    await keepLooks(page, 'schedule-add', { fullPage: false })
    await page.getByRole('button', { name: 'Schedule', exact: true }).click()
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await keepLooks(page, 'schedules')
  })

  it('adds a webhook, shows its secret this once, tries it and removes it', async () => {
    const { page } = opened.window
    await page.goto(`${opened.demo.url}/runs`)
    await page.getByRole('button', { name: /^User/ }).click()
    await page.getByRole('menuitem', { name: 'Webhooks' }).click()
    await page.getByText('There are no webhooks yet').waitFor()
    await page.getByRole('button', { name: 'Add a webhook' }).first().click()
    // Nothing listens there.
    await page.getByRole('textbox', { name: 'Address' }).fill('http://127.0.0.1:9/hook')
    await page.getByRole('textbox', { name: 'What it is for' }).fill('The chat of the people on call')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText(/it is shown only now/).waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByText('Not received').waitFor()
    await keepLooks(page, 'webhooks')
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('button', { name: 'Press again to remove' }).click()
    await page.getByText('There are no webhooks yet').waitFor()
  })

  it('lets a waiting host in, changes its labels, and shuts it out, each seen at once', async () => {
    const { demo, window } = opened
    const { page } = window
    const { store, context } = demo.controller
    const { clientId } = await store.clients.first()
    const host = (await store.hosts.ofClient(clientId)).find((one) => one.name === 'erp-standby')
    if (!host) throw new Error('There is no erp-standby.')
    await page.goto(`${demo.url}/hosts`)
    await page.getByRole('link', { name: 'erp-standby' }).waitFor()
    await store.hosts.setState(host.hostId, 'pending')
    context.live.hostChanged(host.hostId)
    await page.getByText('Waits for approval').waitFor()
    await keepLooks(page, 'hosts-pending')
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByText('Waits for approval').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'erp-standby' }).click()
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await page.getByRole('textbox', { name: 'Labels' }).fill('role: erp-standby, room: 5')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('room: 5').waitFor()
    // Installed again: it waits, and another approved host has its name.
    const old: NewHost = {
      ...host,
      hostId: `h-${'0'.repeat(24)}`,
      publicKey: 'old',
      state: 'approved',
      inventory: null,
    }
    await store.hosts.add(old)
    await store.hosts.setState(host.hostId, 'pending')
    context.live.hostChanged(host.hostId)
    await page.goto(`${demo.url}/hosts`)
    await page.getByRole('link', { name: 'Compare with the host of the same name' }).click()
    const question = page.getByRole('region', { name: 'Another approved host has this name' })
    await question.getByText(old.hostId).waitFor()
    await keepLooks(page, 'host-same-name')
    await question.getByRole('button', { name: 'Approve, replaces this one' }).click()
    await question.getByRole('button', { name: /Press again/ }).click()
    await question.waitFor({ state: 'detached' })
    const states = await Promise.all([old, host].map(async ({ hostId }) => (await store.hosts.byId(hostId))?.state))
    expect(states).toEqual(['revoked', 'approved'])
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    await page.getByRole('button', { name: /Press again: erp-standby/ }).click()
    await page.getByText('Revoked', { exact: true }).waitFor()
  })
})
