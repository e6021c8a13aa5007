import type { Page } from 'playwright-core'
import { eventually } from '../../../packages/shared/test/eventually.ts'
import { demoParams } from '../../../scripts/demo/hosts.ts'
import type { Demo } from '../../../scripts/demo/start-demo.ts'

export const PASSWORD = 'a short sentence is a good password'

/** Logs in with the one-time password and chooses another, as the first user of a new controller does. */
export async function firstLogIn(page: Page, url: string, oneTime: string): Promise<void> {
  await page.goto(url)
  await page.getByLabel('User').fill('admin')
  await page.getByRole('textbox', { name: 'Password' }).fill(oneTime)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('textbox', { name: 'One-time password' }).fill(oneTime)
  await page.getByRole('textbox', { name: 'New password', exact: true }).fill(PASSWORD)
  await page.getByRole('textbox', { name: 'New password again' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Set password' }).click()
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor()
}

/** Logs in again, as somebody whose session is over. */
export async function logInAgain(page: Page, url: string): Promise<void> {
  await page.context().clearCookies()
  await page.goto(url)
  await page.getByLabel('User').fill('admin')
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('button', { name: 'Stop everything' }).waitFor()
}

type Values = Readonly<Record<string, string | number>>

/**
 * People's time, not the demo's seconds: while a test looks at the page (six pictures take half a minute on a busy
 * machine) no alert may be missed and no hold may end by itself.
 */
const UNHURRIED: Values = { target: '5m', alertWithin: '4m', answerWithin: '4m', hold: '15m', switchHold: '10m' }

/** Fills the form of failover-friday-dns and asks for its plan; waits for the plan, or for what is said instead. */
export async function planFailover(
  page: Page,
  demo: Pick<Demo, 'url' | 'place'>,
  changes: Values = {},
  answer = 'The plan',
): Promise<void> {
  await page.goto(`${demo.url}/drills/failover-friday-dns`)
  await page.getByRole('heading', { name: /Failover Friday/, level: 1 }).waitFor()
  for (const [name, value] of Object.entries({ ...demoParams(demo.place), ...UNHURRIED, ...changes })) {
    const field = page.locator(`[data-field="${name}"]`)
    if (name === 'scheme') {
      // The list closes when the page moves below it, as it may while it still fills; then a person opens it again.
      await eventually(async () => {
        await field.click()
        await page.getByRole('option', { name: String(value), exact: true }).click({ timeout: 5_000 })
      })
    } else await field.fill(String(value))
  }
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await page.getByText(answer, { exact: true }).waitFor()
}

/** Starts the plan on the screen; returns the id of the run whose page opens. */
export async function startPlan(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Start this drill' }).click()
  await page.getByRole('button', { name: 'Press again to start now' }).click()
  await page.waitForURL(/\/runs\/[0-9A-Z]{26}$/)
  return page.url().slice(-26)
}
