import { mkdir } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { isAccessible } from './accessible.ts'
import type { Window } from './browser.ts'

const FOLDER = 'test-output/screenshots'
const DESKTOP = { width: 1360, height: 900 }
const PHONE = { width: 390, height: 844 }
/** What a window of 1440 px has at 200 %; below the width of a tablet. */
const HALF = { width: 720, height: 900 }

const LOOKS = [
  { look: 'light', viewport: DESKTOP, colorScheme: 'light' },
  { look: 'dark', viewport: DESKTOP, colorScheme: 'dark' },
  { look: 'phone', viewport: PHONE, colorScheme: 'light' },
] as const

/**
 * Keeps what the page looks like: light, dark and on a phone, each from top to bottom. What holds of every page is judged
 * by the way: every time says its zone, nothing sticks out, no rule of
 * accessibility is broken, and in a narrow window everything can be tapped.
 */
export async function keepLooks(page: Page, name: string, { fullPage = true } = {}): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  for (const { look, viewport, colorScheme } of LOOKS) {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // The page hears of it a moment later.
    await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, colorScheme)
    await staysInside(page)
    await isAccessible(page, look)
    // What sticks to the window would be drawn where the window stands.
    await page.evaluate(() => window.scrollTo(0, 0))
    await page.screenshot({ path: `${FOLDER}/${name}-${look}.png`, fullPage, animations: 'disabled' })
  }
  expect(await timesWithoutZone(page)).toEqual([])
  // A window that lies over the page is meant to.
  if (fullPage) await tapEverything(page)
  await page.setViewportSize(DESKTOP)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}

/**
 * What makes the page wider than its window: which elements, what they say, and how far they reach. What stands in a box
 * that can be scrolled, or that cuts, is not to blame. Of nested elements only the innermost are named.
 */
async function stickingOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    const free = (element: Element) => {
      for (let box = element.parentElement; box !== null && box !== document.body; box = box.parentElement)
        if (getComputedStyle(box).overflowX !== 'visible') return false
      return true
    }
    const wide = [...document.body.querySelectorAll('*')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth && element.checkVisibility() && free(element),
    )
    const innermost = wide.filter((element) => !wide.some((other) => other !== element && element.contains(other)))
    const named = innermost.map((element) => {
      const { localName, className, textContent } = element
      const reach = element.getBoundingClientRect().right.toFixed(1)
      return `${localName}.${className} "${textContent?.slice(0, 80)}" reaches to ${reach}`
    })
    return [`the page is ${scrollWidth} px wide in a window of ${clientWidth} px`, ...named]
  })
}

/** Some parts hear of a new width a moment later. */
async function staysInside(page: Page): Promise<void> {
  await expect.poll(() => stickingOut(page), { message: `${page.url()} is wider than its window` }).toEqual([])
}

/**
 * What can be seen in this window but not tapped, because something lies over it, seen or not. What stands behind the
 * bars at the top and at the bottom counts once it was scrolled to.
 */
async function covered(page: Page): Promise<string[]> {
  return page.evaluate(() => {
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
}

/** On a phone, and on a page at 200 %: everything can be tapped, and the button that stops everything opens its window. */
async function tapEverything(page: Page): Promise<void> {
  for (const viewport of [PHONE, HALF]) {
    await page.setViewportSize(viewport)
    await staysInside(page)
    expect(await covered(page), `${page.url()} at ${viewport.width} px`).toEqual([])
    const stop = page.getByRole('button', { name: 'Stop everything' })
    // There is none before somebody has logged in.
    if ((await stop.count()) === 0) continue
    await stop.click()
    await page.getByRole('button', { name: /^(Leave them running|Cancel|Close, and keep asking)$/ }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
}

/** Times of day on the page that do not say in which zone. */
async function timesWithoutZone(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const zone = /^ (UTC|GMT\S*|[A-Z]{2,5}|[A-Z]\w+\/\w+|[+-]\d\d:\d\d)/
    const found: string[] = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const text = node.textContent ?? ''
      // A head names it once for all.
      if (node.parentElement?.closest('[data-zone="true"]')) continue
      const time = node.parentElement?.closest('time') ? /(?<![+-])\b\d\d:\d\d(:\d\d)?/g : /(?<![T\d])\d\d:\d\d:\d\d/g
      for (const { 0: at, index } of text.matchAll(time))
        if (!zone.test(text.slice(index + at.length))) found.push(text)
    }
    return found
  })
}

/** Of a page's text, this much is reported: a run's page is a few thousand characters. */
const TOLD = 3000

/**
 * Keeps what the page looked like when a test failed. Throws with what it said: the report of the test then contains it,
 * where nobody can open the picture.
 */
export async function keepFailure({ page, complaints }: Window, name: string): Promise<never> {
  await mkdir(FOLDER, { recursive: true })
  const path = `${FOLDER}/failed-${name.replaceAll(/\W+/g, '-').slice(0, 60)}.png`
  await page.screenshot({ path, fullPage: true })
  const text = (await page.locator('body').ariaSnapshot()).replaceAll(/\s*\n\s*/g, ' ').slice(0, TOLD)
  throw new Error([`${page.url()} said then: ${text}`, ...complaints].join('\n'))
}
