import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Place } from '../../scripts/demo/hosts.ts'
import { keepFailure, keepLooks } from './support/looks.ts'
import { type Opened, openDashboard } from './support/open-dashboard.ts'
import { firstLogIn, planFailover, startPlan } from './support/steps.ts'

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

describe('stopping, and what cannot be put back, on the dashboard', () => {
  let opened: Opened
  beforeAll(async () => {
    opened = await openDashboard('stopping')
    await firstLogIn(opened.window.page, opened.demo.url, opened.demo.password ?? '')
  })
  afterAll(() => opened?.[Symbol.asyncDispose]())
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepFailure(opened.window, task.name)
    expect(opened.window.complaints).toEqual([])
  })

  it('stops one run in its own place, by the keyboard alone', async () => {
    const { page } = opened.window
    await planFailover(page, opened.demo)
    await startPlan(page)
    await page.getByRole('button', { name: 'I saw this alert' }).waitFor()
    await page.getByRole('button', { name: 'Stop and put back' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Press again to stop' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Stopped' }).waitFor({ timeout: 60_000 })
    await keepLooks(page, 'run-stopped')
  })

  it('stops everything, and shows every host until it has confirmed', async () => {
    const { page } = opened.window
    await planFailover(page, opened.demo)
    await startPlan(page)
    await page.getByRole('button', { name: 'I saw this alert' }).waitFor()
    await page.getByRole('button', { name: 'Stop everything' }).click()
    await keepLooks(page, 'stop-all-ask', { fullPage: false })
    await page.getByRole('button', { name: 'Stop and put back everything' }).click()
    await page.getByText(/hosts have confirmed/).waitFor()
    await page.getByText(/All \d hosts have confirmed/).waitFor({ timeout: 60_000 })
    await keepLooks(page, 'stop-all', { fullPage: false })
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('heading', { name: 'Stopped' }).waitFor({ timeout: 60_000 })
  })

  it('says in red what a person must do, when a host cannot be put back', async () => {
    const { page } = opened.window
    await planFailover(page, opened.demo)
    await startPlan(page)
    await page.getByText('erp stopped on erp-primary').first().waitFor()
    const occupied = await takeAddress(opened.demo.place)
    try {
      await page.getByRole('button', { name: 'Stop and put back' }).click()
      await page.getByRole('button', { name: 'Press again to stop' }).click()
      await page.getByText('erp-primary is NOT put back. A person must act.').waitFor({ timeout: 100_000 })
      await page.getByRole('heading', { name: /Stopped|Failed/, level: 2 }).waitFor({ timeout: 100_000 })
      await keepLooks(page, 'run-stuck')
      await page.goto(`${opened.demo.url}/hosts`)
      await page.getByText(/could not be put back/).waitFor()
      await keepLooks(page, 'hosts-stuck')
      await page.goto(`${opened.demo.url}/runs`)
      await page.getByText('Host not back').waitFor()
      await keepLooks(page, 'runs')
    } finally {
      occupied.close()
    }
  })
})
