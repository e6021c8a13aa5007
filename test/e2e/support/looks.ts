import { mkdir } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import type { Window } from './browser.ts'

const FOLDER = 'test-output/screenshots'
const DESKTOP = { width: 1360, height: 900 }
const PHONE = { width: 390, height: 844 }

const LOOKS = [
  { look: 'light', viewport: DESKTOP, colorScheme: 'light' },
  { look: 'dark', viewport: DESKTOP, colorScheme: 'dark' },
  { look: 'phone', viewport: PHONE, colorScheme: 'light' },
] as const

/** Keeps what the page looks like: light, dark and on a phone, each from top to bottom. */
export async function keepLooks(page: Page, name: string, { fullPage = true } = {}): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  for (const { look, viewport, colorScheme } of LOOKS) {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // The page hears of it a moment later.
    await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, colorScheme)
    // What sticks to the window would be drawn where the window stands.
    await page.evaluate(() => window.scrollTo(0, 0))
    await page.screenshot({ path: `${FOLDER}/${name}-${look}.png`, fullPage, animations: 'disabled' })
  }
  await page.setViewportSize(DESKTOP)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}

/** How many pixels of the page stick out to the side, on a phone. */
export async function overflowOnPhone(page: Page): Promise<number> {
  await page.setViewportSize(PHONE)
  const pixels = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  await page.setViewportSize(DESKTOP)
  return pixels
}

/**
 * What can be seen in the window of a phone but not pressed, because something lies over it, seen or not. What stands
 * behind the bars at the top and at the bottom counts once it was scrolled to.
 */
export async function coveredOnPhone(page: Page): Promise<string[]> {
  await page.setViewportSize(PHONE)
  const covered = await page.evaluate(() => {
    const found: string[] = []
    for (const control of document.querySelectorAll('a[href], button, input, select, textarea')) {
      if (!control.checkVisibility({ visibilityProperty: true }) || control.closest('[inert]')) continue
      if (!control.closest('header')) control.scrollIntoView({ block: 'center' })
      const { left, top, width, height } = control.getBoundingClientRect()
      const over = document.elementFromPoint(left + width / 2, top + height / 2)
      const itself = over && (control.contains(over) || over.contains(control) || over.closest('label'))
      if (over && !itself) found.push(`${control.outerHTML.slice(0, 100)} lies below ${over.outerHTML.slice(0, 100)}`)
    }
    window.scrollTo(0, 0)
    return found
  })
  await page.setViewportSize(DESKTOP)
  return covered
}

/** Of a page's text, this much is told: a run's page is a few thousand characters. */
const TOLD = 3000

/**
 * Keeps what the page looked like when a test failed. Throws with what it said: the report of the test then tells it,
 * where nobody can open the picture.
 */
export async function keepFailure({ page, complaints }: Window, name: string): Promise<never> {
  await mkdir(FOLDER, { recursive: true })
  const path = `${FOLDER}/failed-${name.replaceAll(/\W+/g, '-').slice(0, 60)}.png`
  await page.screenshot({ path, fullPage: true })
  const text = (await page.locator('body').ariaSnapshot()).replaceAll(/\s*\n\s*/g, ' ').slice(0, TOLD)
  throw new Error([`${page.url()} said then: ${text}`, ...complaints].join('\n'))
}
