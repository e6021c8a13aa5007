import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { cuttableStream } from './support/live-stream.ts'
import { keepFailure, keepLooks } from './support/looks.ts'
import { type Opened, openDashboard } from './support/open-dashboard.ts'
import { firstLogIn } from './support/steps.ts'

describe('the live connection of the dashboard', () => {
  let opened: Opened
  beforeAll(async () => {
    opened = await openDashboard('connection')
    await firstLogIn(opened.window.page, opened.demo.url, opened.demo.password ?? '')
  })
  afterAll(() => opened?.[Symbol.asyncDispose]())
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepFailure(opened.window, task.name)
    expect(opened.window.complaints).toEqual([])
  })

  it('says when it is lost, and that it reconnects; and goes on by itself', async () => {
    const { page } = opened.window
    const stream = await cuttableStream(page)
    await page.goto(`${opened.demo.url}/hosts`)
    await page.getByRole('link', { name: 'erp-primary' }).waitFor()
    await stream.cut()
    await page.getByText('The live connection is lost').waitFor()
    await expect.poll(() => page.getByText('Not known (was online)').count()).toBe(opened.demo.hosts.length)
    await keepLooks(page, 'connection-lost', { fullPage: false })
    stream.restore()
    await page.getByText('The live connection is lost').waitFor({ state: 'detached', timeout: 60_000 })
  })

  it('says that a run does not exist, and keeps its connection', async () => {
    const { page } = opened.window
    await page.goto(`${opened.demo.url}/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV`)
    await page.getByText('There is no such run').waitFor()
    await page.getByText('The live connection is lost').waitFor({ state: 'detached' })
  })

  it('shows only the log-in once one has logged out', async () => {
    const { page } = opened.window
    await page.goto(`${opened.demo.url}/runs`)
    await page.getByRole('button', { name: /^User admin/ }).click()
    await page.getByRole('menuitem', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    await page.goto(`${opened.demo.url}/hosts`)
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
  })
})
