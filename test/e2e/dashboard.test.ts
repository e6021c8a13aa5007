import { resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildDashboard } from '../../scripts/build/index.ts'
import { type Demo, startDemo } from '../../scripts/demo/start-demo.ts'
import { openWindow, type Window } from './support/browser.ts'
import { keepFailure, keepLooks, overflowOnPhone } from './support/looks.ts'
import { firstLogIn, planFailover, startPlan } from './support/steps.ts'

describe('the dashboard, on a real controller with real agents', () => {
  let demo: Demo
  let window: Window

  beforeAll(async () => {
    await buildDashboard()
    // Not below /tmp: a demo host has a /tmp of its own.
    demo = await startDemo({ folder: resolve('test-output/e2e-dashboard'), port: 0 })
    window = await openWindow()
  })

  afterAll(async () => {
    await window?.[Symbol.asyncDispose]()
    await demo?.[Symbol.asyncDispose]()
  })

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepFailure(window.page, task.name)
  })

  it('lets the administrator in with the one-time password, and asks for another at once', async () => {
    await firstLogIn(window.page, demo.url, demo.password ?? '')
    await keepLooks(window.page, 'runs-empty')
    expect(window.complaints).toEqual([])
  })

  it('shows the hosts, and what each may do', async () => {
    const { page } = window
    await page.getByRole('link', { name: 'Hosts' }).first().click()
    for (const { name } of demo.hosts) await page.getByRole('link', { name }).waitFor()
    expect(await page.getByText('Online', { exact: true }).count()).toBe(3)
    await keepLooks(page, 'hosts')
    expect(await overflowOnPhone(page)).toBe(0)
    await page.getByRole('link', { name: 'erp-primary' }).click()
    await page.getByRole('heading', { name: 'What may be drilled here' }).waitFor()
    await keepLooks(page, 'host')
    expect(window.complaints).toEqual([])
  })

  it('plans a drill, runs it for real, and shows it live to its end', async () => {
    const { page } = window
    await page.goto(`${demo.url}/drills`)
    await page.getByRole('link', { name: /Failover Friday/ }).waitFor()
    await keepLooks(page, 'drills')
    await planFailover(page, demo)
    await keepLooks(page, 'drill-plan')
    expect(await overflowOnPhone(page)).toBe(0)
    await startPlan(page)
    await page.getByRole('button', { name: 'I saw this alert' }).click()
    await page.getByRole('button', { name: 'Partly' }).waitFor()
    await keepLooks(page, 'run-live')
    expect(await overflowOnPhone(page)).toBe(0)
    await page.getByRole('textbox', { name: 'Note to the answer' }).fill('The label printer needed a second try.')
    await page.getByRole('button', { name: 'Yes' }).click()
    await page.getByRole('heading', { name: 'Passed' }).waitFor({ timeout: 60_000 })
    await keepLooks(page, 'run-passed')
    expect(await page.getByText('Put back, identical').count()).toBeGreaterThan(0)
    expect(window.complaints).toEqual([])
  })
})
