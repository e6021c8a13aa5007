import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { mountSmallDisk, type SmallDisk } from '../../packages/controller/test/support/small-disk.ts'
import type { Place } from '../../scripts/demo/hosts.ts'
import { cuttableStream } from './support/live-stream.ts'
import { keepFailure, keepLooks } from './support/looks.ts'
import { type Opened, openDashboard } from './support/open-dashboard.ts'
import { firstLogIn, logInAgain, planFailover, startPlan } from './support/steps.ts'

/** Takes the address of the stopped service, so that it cannot be started again: what a real port conflict does. */
async function takeAddress({ primary, port }: Place): Promise<Server> {
  for (;;) {
    const server = createServer((socket) => socket.destroy())
    server.listen(port, primary)
    const taken = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (taken) return server
  }
}

/** Whether the service answers: asked of the system, not of the controller. */
async function answers({ primary, port }: Place): Promise<boolean> {
  const socket = connect(port, primary)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** To the last byte; what the log of the database still had room for is used up as well. */
async function fillUp(disk: SmallDisk, { demo }: Opened): Promise<void> {
  const { store } = demo.controller
  disk.fill()
  await expect
    .poll(async () => {
      for (let n = 0; n < 500 && store.failing() === null; n += 1) await store.tryToWrite().catch(() => undefined)
      return store.failing()
    })
    .not.toBeNull()
}

const STOP_ALL = '**/api/v1/stop-all'

/** The controller, or a proxy before it, answers no order to stop everything. */
async function refuseStops(page: Page): Promise<void> {
  await page.route(STOP_ALL, (route) =>
    route.request().method() === 'POST' ? route.fulfill({ status: 503, body: '' }) : route.continue(),
  )
}

describe('stopping, and what cannot be rolled back, on the dashboard', () => {
  let opened: Opened
  let disk: (SmallDisk & Disposable) | null = null
  const dataFolder = mkdtempSync(join(tmpdir(), 'chaos-lite-data-'))
  beforeAll(async () => {
    // The controller's own: it can be full without anybody else noticing. None where mounting is not allowed.
    disk = mountSmallDisk(dataFolder, 48)
    opened = await openDashboard('stopping', { dataFolder })
    await firstLogIn(opened.window.page, opened.demo.url, opened.demo.password ?? '')
  })
  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]()
    disk?.[Symbol.dispose]()
    rmSync(dataFolder, { recursive: true, force: true })
  })
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepFailure(opened.window, task.name)
    expect(opened.window.complaints).toEqual([])
  })

  it('stops one run in its own place, by the keyboard alone', async () => {
    const { page } = opened.window
    await planFailover(page, opened.demo)
    await startPlan(page)
    await page.getByRole('button', { name: 'I saw this alert' }).waitFor()
    await page.getByRole('button', { name: 'Stop and roll back' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Press again to stop' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Aborted' }).waitFor({ timeout: 60_000 })
    await keepLooks(page, 'run-stopped')
  })

  it('ends its bars with what was heard last, and stops everything as soon as the controller answers again', async () => {
    const { page } = opened.window
    const stream = await cuttableStream(page)
    await planFailover(page, opened.demo)
    await startPlan(page)
    await page.getByRole('button', { name: 'I saw this alert' }).waitFor()
    const bar = page.getByRole('region', { name: 'This run' })
    await bar.getByText(/^Rolled back by \d\d:\d\d:\d\d \S+ at the latest/).waitFor()
    await bar.getByText(/Safety timer armed: erp-primary, \d\d:\d\d:\d\d .* Outage so far (\d+ min )?\d+ s/).waitFor()
    await stream.cut()
    await bar.getByText(/^Not known since \d\d:\d\d:\d\d \S+$/).waitFor()
    await bar.getByText(/rolls itself back by \d\d:\d\d:\d\d \S+ at the latest/).waitFor()
    const shown = async () => (await page.locator('[data-old="true"]').allTextContents()).join()
    const before = await shown()
    await refuseStops(page)
    await page.getByRole('button', { name: 'Stop everything' }).click()
    await page.getByRole('button', { name: 'Stop and roll back everything' }).click()
    await page.getByRole('dialog').getByText('chaos-lite-agent halt').waitFor()
    // Asked more than once, in which time nothing else on the page has moved.
    await page
      .getByRole('dialog')
      .getByText(/Asked [2-9] times/)
      .waitFor()
    expect(await shown()).toBe(before)
    await keepLooks(page, 'stop-all-unanswered', { fullPage: false })
    await page.getByRole('button', { name: 'Close, and keep asking' }).click()
    await page.getByText('the controller has not acknowledged it').waitFor()
    await keepLooks(page, 'run-not-known')
    await page.unroute(STOP_ALL)
    await page.getByText('the controller has not acknowledged it').waitFor({ state: 'detached', timeout: 60_000 })
    stream.restore()
    await page.getByRole('heading', { name: 'Aborted' }).waitFor({ timeout: 60_000 })
  })

  it('stops a run from the list, where each run says how long it has been and when it is back', async () => {
    const { page } = opened.window
    await planFailover(page, opened.demo)
    await startPlan(page)
    await page.getByRole('button', { name: 'I saw this alert' }).waitFor()
    const words = await page.getByRole('region', { name: 'This run' }).getByRole('status').first().textContent()
    await page.goto(`${opened.demo.url}/runs`)
    const row = page.getByRole('article').first()
    await row.getByText(words ?? '', { exact: true }).waitFor()
    await row.getByText(/^(\d+ min )?\d+ s elapsed$/).waitFor()
    await row.getByText(/^Rolled back by \d\d:\d\d:\d\d \S+ at the latest \((\d+ min )?\d+ s left/).waitFor()
    await keepLooks(page, 'runs-live', { fullPage: false })
    await page.goto(`${opened.demo.url}/hosts`)
    // Hosts with a drill under way come first, whatever their names are.
    await page.getByRole('link', { name: 'A drill is under way here' }).first().waitFor()
    await expect.poll(() => page.getByRole('article').filter({ hasText: 'erp-standby' }).count()).toBe(1)
    expect(await page.getByRole('article').last().textContent()).toContain('erp-standby')
    await page.goto(`${opened.demo.url}/runs`)
    await row.getByRole('button', { name: 'Stop and roll back' }).click()
    await row.getByRole('button', { name: 'Press again to stop' }).click()
    await row.getByText('Aborted', { exact: true }).waitFor({ timeout: 60_000 })
  })

  it('stops everything, and shows every host until it has confirmed', async () => {
    const { page } = opened.window
    await planFailover(page, opened.demo)
    await startPlan(page)
    await page.getByRole('button', { name: 'I saw this alert' }).waitFor()
    await page.getByRole('button', { name: 'Stop everything' }).click()
    await keepLooks(page, 'stop-all-ask', { fullPage: false })
    await page.getByRole('button', { name: 'Stop and roll back everything' }).click()
    await page.getByText(/hosts have confirmed/).waitFor()
    await page.getByText(/All \d hosts have confirmed/).waitFor({ timeout: 60_000 })
    await keepLooks(page, 'stop-all', { fullPage: false })
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('heading', { name: 'Aborted' }).waitFor({ timeout: 60_000 })
  })

  it('lets people in and stops everything while the disk of the controller is full to its last byte', async (context) => {
    if (disk === null) return context.skip('mounting is not allowed here')
    const { demo, window } = opened
    const { page } = window
    await planFailover(page, demo)
    const runId = await startPlan(page)
    await page.getByText('erp stopped on erp-primary').first().waitFor()
    await expect.poll(() => answers(demo.place)).toBe(false)
    await fillUp(disk, opened)
    await logInAgain(page, demo.url)
    const banner = page.getByText('The controller cannot store anything')
    await banner.waitFor()
    await keepLooks(page, 'storage-failing')
    await page.getByRole('button', { name: 'Stop everything' }).click()
    await page.getByRole('button', { name: 'Stop and roll back everything' }).click()
    // The host is restored while nothing can be stored: the order needs no disk.
    await expect.poll(() => answers(demo.place), { timeout: 60_000 }).toBe(true)
    expect(demo.controller.store.failing()).not.toBeNull()
    disk.free()
    await page.getByText(/All \d hosts have confirmed/).waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Close' }).click()
    await banner.waitFor({ state: 'detached' })
    const { runBook } = demo.controller.context
    const run = await runBook.until(runId, ({ phase }) => phase === 'ended', { withinMs: 60_000 })
    expect(run).toMatchObject({ outcome: 'aborted', aborts: [{ cause: 'stop all', by: 'admin' }] })
    expect(run && runBook.row(run).restoration).toBe('identical')
  })

  it('says in red what a person must do, when a host cannot be rolled back', async () => {
    const { page } = opened.window
    await planFailover(page, opened.demo)
    await startPlan(page)
    await page.getByText('erp stopped on erp-primary').first().waitFor()
    const occupied = await takeAddress(opened.demo.place)
    try {
      await page.getByRole('button', { name: 'Stop and roll back' }).click()
      await page.getByRole('button', { name: 'Press again to stop' }).click()
      await page.getByText('erp-primary is NOT rolled back. A person must act.').waitFor({ timeout: 100_000 })
      await page.getByRole('heading', { name: /Aborted|Failed/, level: 2 }).waitFor({ timeout: 100_000 })
      await keepLooks(page, 'run-stuck')
      await page.goto(`${opened.demo.url}/hosts`)
      await page.getByText(/could not be rolled back/).waitFor()
      await keepLooks(page, 'hosts-stuck')
      await page.goto(`${opened.demo.url}/runs`)
      await page.getByText('Host not rolled back').waitFor()
      await keepLooks(page, 'runs')
    } finally {
      occupied.close()
    }
  })
})
